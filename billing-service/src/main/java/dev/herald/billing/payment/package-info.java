/** Top-ups, adjustments, and what an owner chooses for the wallet. */
@NullMarked
package dev.herald.billing.payment;

import org.jspecify.annotations.NullMarked;
