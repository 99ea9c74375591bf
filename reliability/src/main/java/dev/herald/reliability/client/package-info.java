/** A client of the HTTP API that writes down what it was promised. */
@NullMarked
package dev.herald.reliability.client;

import org.jspecify.annotations.NullMarked;
