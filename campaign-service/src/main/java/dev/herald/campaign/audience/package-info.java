/** Who a campaign goes to. */
@NullMarked
package dev.herald.campaign.audience;

import org.jspecify.annotations.NullMarked;
