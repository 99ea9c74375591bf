/** The proof that the books are right. */
@NullMarked
package dev.herald.billing.audit;

import org.jspecify.annotations.NullMarked;
