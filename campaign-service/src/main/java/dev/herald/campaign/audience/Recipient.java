package dev.herald.campaign.audience;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member of an audience.
 *
 * @param phone digits of E.164; 0 when the person was erased
 * @param parameters in the order of the audience's columns; may be shorter
 */
public record Recipient(
    int ordinal,
    long phone,
    String name,
    String country,
    int lot,
    List<@Nullable String> parameters) {
  public boolean isErased() {
    return phone == 0;
  }
}
