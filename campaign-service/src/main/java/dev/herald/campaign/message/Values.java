package dev.herald.campaign.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one recipient.
 *
 * @param phone E.164 with "+"
 * @param parameters in the order of {@link Columns#parameters()}; may be shorter
 */
public record Values(String phone, String name, List<@Nullable String> parameters) {
  String parameter(int index) {
    String value = index < parameters.size() ? parameters.get(index) : null;
    return value == null ? "" : value;
  }
}
