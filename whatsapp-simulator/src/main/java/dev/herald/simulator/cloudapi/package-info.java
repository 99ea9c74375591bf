@NullMarked
package dev.herald.simulator.cloudapi;

import org.jspecify.annotations.NullMarked;
