package dev.herald.gateway.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What people were told, or will be.
 *
 * @param id null until it is told
 * @param figures CampaignAnalytics of when it was told, as bytes; null: none
 */
record Alert(
    long workspaceId,
    String source,
    @Nullable Long id,
    AlertKind kind,
    Severity severity,
    String title,
    String text,
    @Nullable Long campaignId,
    Instant eventTime,
    byte @Nullable [] figures) {}
