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
    byte @Nullable [] figures) {

  /** The same as it is told under this id. */
  Alert told(long newId) {
    return new Alert(
        workspaceId, source, newId, kind, severity, title, text, campaignId, eventTime, figures);
  }

  /** The same with the words and figures that were waited for. */
  Alert summedUp(String newText, byte[] newFigures) {
    return new Alert(
        workspaceId, source, id, kind, severity, title, newText, campaignId, eventTime, newFigures);
  }
}
