/** What is known of single messages, listed and exported. */
@NullMarked
package dev.herald.analytics.message;

import org.jspecify.annotations.NullMarked;
