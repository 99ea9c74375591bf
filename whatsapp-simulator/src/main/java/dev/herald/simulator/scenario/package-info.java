@NullMarked
package dev.herald.simulator.scenario;

import org.jspecify.annotations.NullMarked;
