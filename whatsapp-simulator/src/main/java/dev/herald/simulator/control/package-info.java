@NullMarked
package dev.herald.simulator.control;

import org.jspecify.annotations.NullMarked;
