package dev.herald.campaign.inbound;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Words by which a person stops or resumes messages. They count only as the whole message: "stop"
 * is a wish, "do not stop" is not.
 */
public final class Keywords {
  private static final int MAX_LENGTH = 40;

  private final Set<String> stop;
  private final Set<String> start;

  public Keywords(List<String> stop, List<String> start) {
    this.stop = stop.stream().map(Keywords::plain).collect(Collectors.toUnmodifiableSet());
    this.start = start.stream().map(Keywords::plain).collect(Collectors.toUnmodifiableSet());
  }

  /** True: no more messages; false: messages again; empty: an ordinary message. */
  Optional<Boolean> wish(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String plain = plain(text);
    if (stop.contains(plain)) {
      return Optional.of(true);
    }
    return start.contains(plain) ? Optional.of(false) : Optional.empty();
  }

  // Without case, marks of punctuation and double spaces.
  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[\\p{P}\\p{S}]", " ")
        .strip()
        .replaceAll("\\s+", " ");
  }
}
