package dev.herald.campaign.audience;

import dev.herald.runtime.HeraldException;
import java.util.List;

/** Tags as people give them. */
public final class Tags {
  private static final int MAX_TAGS = 50;
  private static final int MAX_LENGTH = 100;

  private Tags() {}

  /** The tags without blanks around them and without repetition; INVALID if one cannot be kept. */
  public static List<String> checked(List<String> tags) {
    List<String> clean = tags.stream().map(String::strip).distinct().toList();
    boolean bad =
        clean.size() > MAX_TAGS
            || clean.stream()
                .anyMatch(
                    tag ->
                        tag.isEmpty() || tag.length() > MAX_LENGTH || tag.indexOf('\u0000') >= 0);
    if (bad) {
      throw HeraldException.invalid(
          "tags", "TAG_INVALID", "At most 50 tags, of 1 to 100 characters each.");
    }
    return clean;
  }
}
