/** Usage totals on their way to billing. */
@NullMarked
package dev.herald.analytics.usage;

import org.jspecify.annotations.NullMarked;
