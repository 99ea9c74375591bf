/** API campaigns: recipients that join one call at a time. */
@NullMarked
package dev.herald.campaign.trigger;

import org.jspecify.annotations.NullMarked;
