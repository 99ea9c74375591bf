/** Telling other services, in the transaction of the change, at least once. */
@NullMarked
package dev.herald.runtime.outbox;

import org.jspecify.annotations.NullMarked;
