/** WhatsApp business phone numbers. */
@NullMarked
package dev.herald.campaign.channel;

import org.jspecify.annotations.NullMarked;
