package dev.herald.campaign.reply;

import java.time.Instant;

/**
 * An inbound message that answers one of a campaign's.
 *
 * @param whatsappHash of WhatsApp's id of the inbound message
 * @param button the quick reply that was tapped; "" when the person wrote
 * @param text what the person wrote; "" for a button or a picture
 */
public record Reply(int ordinal, long whatsappHash, Instant time, String button, String text) {}
