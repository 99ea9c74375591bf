/** HTTP itself: reading requests within limits, answering, and saying what went wrong. */
@NullMarked
package dev.herald.gateway.http;

import org.jspecify.annotations.NullMarked;
