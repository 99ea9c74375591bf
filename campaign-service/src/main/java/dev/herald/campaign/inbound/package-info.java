/** What WhatsApp tells us besides the statuses of messages. */
@NullMarked
package dev.herald.campaign.inbound;

import org.jspecify.annotations.NullMarked;
