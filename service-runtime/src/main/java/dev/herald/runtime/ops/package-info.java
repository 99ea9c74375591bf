/** Metrics and health for operators. */
@NullMarked
package dev.herald.runtime.ops;

import org.jspecify.annotations.NullMarked;
