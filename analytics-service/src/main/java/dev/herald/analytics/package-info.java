/** The analytics service: evidence per message, and every figure that follows from it. */
@NullMarked
package dev.herald.analytics;

import org.jspecify.annotations.NullMarked;
