@NullMarked
package dev.herald.simulator.http;

import org.jspecify.annotations.NullMarked;
