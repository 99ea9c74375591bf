@NullMarked
package dev.herald.simulator.account;

import org.jspecify.annotations.NullMarked;
