package dev.herald.campaign.contact;

import java.util.List;
import java.util.Map;

/**
 * Which contacts; conditions are combined with AND.
 *
 * @param text part of name or number
 */
public record ContactFilter(
    List<String> tags,
    Map<String, String> attributes,
    String text,
    boolean activeOnly,
    boolean optedOutOnly) {
  public static final ContactFilter ALL = new ContactFilter(List.of(), Map.of(), "", false, false);
}
