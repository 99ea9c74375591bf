/** Starting and stopping a process. */
@NullMarked
package dev.herald.runtime.process;

import org.jspecify.annotations.NullMarked;
