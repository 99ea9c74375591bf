/** Campaigns and their life. */
@NullMarked
package dev.herald.campaign.campaign;

import org.jspecify.annotations.NullMarked;
