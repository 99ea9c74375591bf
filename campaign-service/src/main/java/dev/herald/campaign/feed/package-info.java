/** Offers what happened to campaigns to those who tell others. */
@NullMarked
package dev.herald.campaign.feed;

import org.jspecify.annotations.NullMarked;
