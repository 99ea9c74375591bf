/** Exact amounts. */
@NullMarked
package dev.herald.billing.money;

import org.jspecify.annotations.NullMarked;
