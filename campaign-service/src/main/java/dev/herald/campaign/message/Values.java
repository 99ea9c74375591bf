package dev.herald.campaign.message;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one recipient.
 *
 * @param phone E.164 with "+"
 * @param parameters in the order of {@link Columns#parameters()}; may be shorter
 * @param links the address of each tracked link; null: as long as nobody gets the message, its
 *     links are where they lead
 */
public record Values(
    String phone,
    String name,
    List<@Nullable String> parameters,
    @Nullable IntFunction<String> links) {
  public Values(String phone, String name, List<@Nullable String> parameters) {
    this(phone, name, parameters, null);
  }

  public Values withLinks(IntFunction<String> links) {
    return new Values(phone, name, parameters, links);
  }

  String parameter(int index) {
    String value = index < parameters.size() ? parameters.get(index) : null;
    return value == null ? "" : value;
  }
}
