package dev.herald.campaign.channel;

import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One WhatsApp business phone number. Its secrets stay in the store.
 *
 * @param throughputLevel what WhatsApp itself allows, in Meta's words; "" when never told
 * @param rate messages a second at most
 * @param ownApp the number belongs to a Meta app whose secret the workspace itself holds
 * @param heldReason empty when healthy
 */
public record Channel(
    ChannelId id,
    WorkspaceId workspace,
    String name,
    String phoneNumberId,
    String wabaId,
    String displayPhoneNumber,
    String verifiedName,
    String qualityRating,
    String messagingLimitTier,
    String throughputLevel,
    int rate,
    boolean simulated,
    boolean ownApp,
    String heldReason,
    @Nullable Instant checkedAt,
    Instant createdAt) {

  /** Where WhatsApp must send this number's webhooks. */
  public String webhookPath() {
    return ownApp ? "/webhooks/whatsapp/" + id.value() : "/webhooks/whatsapp";
  }
}
