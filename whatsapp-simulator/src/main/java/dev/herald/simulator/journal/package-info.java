@NullMarked
package dev.herald.simulator.journal;

import org.jspecify.annotations.NullMarked;
