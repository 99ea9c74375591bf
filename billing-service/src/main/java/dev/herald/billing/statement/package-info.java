/** What was charged and why: by month and by campaign. */
@NullMarked
package dev.herald.billing.statement;

import org.jspecify.annotations.NullMarked;
