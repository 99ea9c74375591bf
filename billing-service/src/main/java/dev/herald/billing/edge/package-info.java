/** Between the contracts and our values; no rule. */
@NullMarked
package dev.herald.billing.edge;

import org.jspecify.annotations.NullMarked;
