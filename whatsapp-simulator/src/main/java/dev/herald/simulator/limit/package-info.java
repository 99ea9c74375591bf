@NullMarked
package dev.herald.simulator.limit;

import org.jspecify.annotations.NullMarked;
