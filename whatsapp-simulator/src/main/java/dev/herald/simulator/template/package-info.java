@NullMarked
package dev.herald.simulator.template;

import org.jspecify.annotations.NullMarked;
