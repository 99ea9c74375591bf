package dev.herald.runtime.messagekey;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The id of a message for callers who need a UUID: in answers to API calls and in events. */
public final class MessageIds {
  private MessageIds() {}

  /** Follows from the campaign and the ordinal alone, so it is the same wherever it is told. */
  public static UUID of(long campaign, int ordinal) {
    String name = "herald/" + campaign + "/" + ordinal;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }
}
