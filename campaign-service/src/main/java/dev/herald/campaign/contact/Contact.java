package dev.herald.campaign.contact;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A phone number known to a workspace.
 *
 * @param phone digits of E.164
 * @param optOutSource keyword, whatsapp, by_user, error_131050; "" when not opted out
 * @param active wrote to us within the last 24 hours
 */
public record Contact(
    long id,
    long phone,
    String name,
    String country,
    List<String> tags,
    Map<String, String> attributes,
    boolean optedOut,
    String optOutSource,
    @Nullable Instant optedOutAt,
    @Nullable Instant lastInboundAt,
    boolean active,
    Instant createdAt,
    Instant updatedAt) {}
