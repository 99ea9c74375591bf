/** Named points at which a test can end a process. */
@NullMarked
package dev.herald.runtime.crash;

import org.jspecify.annotations.NullMarked;
