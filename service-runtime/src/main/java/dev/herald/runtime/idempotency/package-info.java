/** Answering a repeated request with the first answer. */
@NullMarked
package dev.herald.runtime.idempotency;

import org.jspecify.annotations.NullMarked;
