/** The money of a workspace, and what its owner should know about it. */
@NullMarked
package dev.herald.billing.wallet;

import org.jspecify.annotations.NullMarked;
