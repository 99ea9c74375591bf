/** The HTTP API: one table of routes and the few ways in which a route becomes a call. */
@NullMarked
package dev.herald.gateway.api;

import org.jspecify.annotations.NullMarked;
