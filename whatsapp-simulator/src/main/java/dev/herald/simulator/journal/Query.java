package dev.herald.simulator.journal;

import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which messages are meant; what is null or empty does not restrict. */
public record Query(
    @Nullable String callbackData,
    @Nullable String callbackPrefix,
    @Nullable String phoneNumberId,
    OptionalLong to) {

  public static final Query ALL = new Query(null, null, null, OptionalLong.empty());

  public static Query callback(String data) {
    return new Query(data, null, null, OptionalLong.empty());
  }

  public static Query callbackPrefix(String prefix) {
    return new Query(null, prefix, null, OptionalLong.empty());
  }

  public static Query phoneNumber(String phoneNumberId) {
    return new Query(null, null, phoneNumberId, OptionalLong.empty());
  }

  public static Query to(long digits) {
    return new Query(null, null, null, OptionalLong.of(digits));
  }

  /** Tells whether a message is meant. */
  Predicate<Message> predicate() {
    return message ->
        (phoneNumberId == null || phoneNumberId.equals(message.number().id()))
            && (to.isEmpty() || to.getAsLong() == message.to())
            && (callbackData == null || callbackData.equals(message.callbackData()))
            && (callbackPrefix == null
                || (message.callbackData() != null
                    && message.callbackData().startsWith(callbackPrefix)));
  }
}
