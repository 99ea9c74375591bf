package dev.herald.gateway.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a workspace.
 *
 * @param id a function of what happened, so that the same fact told twice is one event
 * @param campaignId of what campaign; null: of none
 * @param data the particulars, as they stand in a delivery of Herald's own form
 */
public record Event(
    UUID id,
    long workspaceId,
    EventKind kind,
    Instant time,
    @Nullable Long campaignId,
    ObjectNode data) {

  /** The id of what these words name, the same each time. */
  public static UUID idOf(String... words) {
    String name = "herald-event/" + String.join("/", words);
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
