@NullMarked
package dev.herald.simulator.json;

import org.jspecify.annotations.NullMarked;
