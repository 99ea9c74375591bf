/** Page sizes and page tokens. */
@NullMarked
package dev.herald.runtime.paging;

import org.jspecify.annotations.NullMarked;
