/** Tells people what they should know without having to look. */
@NullMarked
package dev.herald.gateway.alert;

import org.jspecify.annotations.NullMarked;
