/** What others must know: evidence and snapshots to analytics. */
@NullMarked
package dev.herald.campaign.report;

import org.jspecify.annotations.NullMarked;
