/** Who may call: tokens, callers and roles. */
@NullMarked
package dev.herald.runtime.access;

import org.jspecify.annotations.NullMarked;
