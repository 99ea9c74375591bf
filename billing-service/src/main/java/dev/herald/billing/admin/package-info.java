/** What the operator of an installation does from the command line. */
@NullMarked
package dev.herald.billing.admin;

import org.jspecify.annotations.NullMarked;
