@NullMarked
package dev.herald.simulator.time;

import org.jspecify.annotations.NullMarked;
