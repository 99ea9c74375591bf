/** Secrets: making, hashing, comparing and sealing them. */
@NullMarked
package dev.herald.gateway.security;

import org.jspecify.annotations.NullMarked;
