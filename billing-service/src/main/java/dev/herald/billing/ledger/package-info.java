/** The double-entry ledger: entries, and the balances that follow from them. */
@NullMarked
package dev.herald.billing.ledger;

import org.jspecify.annotations.NullMarked;
