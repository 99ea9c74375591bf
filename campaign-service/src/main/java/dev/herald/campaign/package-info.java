/** Campaigns and their dispatch: see CampaignService for how the parts are put together. */
@NullMarked
package dev.herald.campaign;

import org.jspecify.annotations.NullMarked;
