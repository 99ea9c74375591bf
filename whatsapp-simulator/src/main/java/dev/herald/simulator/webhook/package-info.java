@NullMarked
package dev.herald.simulator.webhook;

import org.jspecify.annotations.NullMarked;
