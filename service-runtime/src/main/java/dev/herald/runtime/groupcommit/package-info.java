/** One transaction for what many callers want at the same moment. */
@NullMarked
package dev.herald.runtime.groupcommit;

import org.jspecify.annotations.NullMarked;
