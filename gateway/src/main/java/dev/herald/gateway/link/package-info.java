/** Tracked links: who opened one, and where it leads. */
@NullMarked
package dev.herald.gateway.link;

import org.jspecify.annotations.NullMarked;
