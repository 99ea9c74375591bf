@NullMarked
package dev.herald.simulator.error;

import org.jspecify.annotations.NullMarked;
