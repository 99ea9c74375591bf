/** Figures of campaigns: snapshots, counters, series, and who watches them. */
@NullMarked
package dev.herald.analytics.campaign;

import org.jspecify.annotations.NullMarked;
