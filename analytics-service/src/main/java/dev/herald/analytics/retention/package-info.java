/** Removes single messages that are old; their campaigns' figures stay. */
@NullMarked
package dev.herald.analytics.retention;

import org.jspecify.annotations.NullMarked;
