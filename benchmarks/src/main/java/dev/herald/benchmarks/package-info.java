/** Programs that measure Herald and print ratios got in one run. */
@NullMarked
package dev.herald.benchmarks;

import org.jspecify.annotations.NullMarked;
