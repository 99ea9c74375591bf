/**
 * What happens by itself: scheduled starts, money given back, messages given up, rubbish removed.
 */
@NullMarked
package dev.herald.campaign.upkeep;

import org.jspecify.annotations.NullMarked;
