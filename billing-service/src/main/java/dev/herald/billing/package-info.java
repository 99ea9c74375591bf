/** Billing: what messages cost, who has paid what, and the proof of it. */
@NullMarked
package dev.herald.billing;

import org.jspecify.annotations.NullMarked;
