/** What a campaign sends, and how it is filled for one recipient. */
@NullMarked
package dev.herald.campaign.message;

import org.jspecify.annotations.NullMarked;
