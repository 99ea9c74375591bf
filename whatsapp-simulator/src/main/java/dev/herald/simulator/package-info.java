@NullMarked
package dev.herald.simulator;

import org.jspecify.annotations.NullMarked;
