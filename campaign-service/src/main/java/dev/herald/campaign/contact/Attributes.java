package dev.herald.campaign.contact;

import dev.herald.runtime.HeraldException;
import java.util.Map;

/** Attributes of contacts, as they may be given. */
public final class Attributes {
  private static final int MAX_ATTRIBUTES = 100;
  private static final int MAX_ATTRIBUTE_NAME = 100;
  private static final int MAX_ATTRIBUTE = 4096;

  private Attributes() {}

  /** The attributes as given, or INVALID if they cannot be kept. */
  public static Map<String, String> checked(Map<String, String> attributes) {
    boolean bad =
        attributes.size() > MAX_ATTRIBUTES
            || attributes.entrySet().stream()
                .anyMatch(
                    entry ->
                        entry.getKey().isBlank()
                            || entry.getKey().length() > MAX_ATTRIBUTE_NAME
                            || entry.getValue().length() > MAX_ATTRIBUTE
                            || entry.getKey().indexOf('\u0000') >= 0
                            || entry.getValue().indexOf('\u0000') >= 0);
    if (bad) {
      throw HeraldException.invalid(
          "attributes",
          "ATTRIBUTE_INVALID",
          "At most 100 attributes, with names of 1 to 100 and values of at most 4096 characters.");
    }
    return attributes;
  }
}
