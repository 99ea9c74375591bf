/** What the operator of an installation does from the command line: {@code herald-admin}. */
@NullMarked
package dev.herald.gateway.admin;

import org.jspecify.annotations.NullMarked;
