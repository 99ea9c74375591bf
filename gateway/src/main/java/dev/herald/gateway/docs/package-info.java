/** The description of the HTTP API, for programs and for people. */
@NullMarked
package dev.herald.gateway.docs;

import org.jspecify.annotations.NullMarked;
