/** What a campaign has set aside at billing. */
@NullMarked
package dev.herald.campaign.money;

import org.jspecify.annotations.NullMarked;
