package dev.herald.campaign.template;

import java.util.List;
import java.util.Set;

/**
 * One part of a template. Buttons stand one by one, in their order.
 *
 * @param format TEXT, IMAGE, VIDEO, DOCUMENT for headers; QUICK_REPLY, URL, PHONE_NUMBER,
 *     COPY_CODE, OTP for buttons; Meta's own word where Kind is UNKNOWN
 * @param text with placeholders as {{1}} or {{name}}
 * @param url of a URL button, may end in {{1}}
 * @param examples sample values that Meta was given, in placeholder order
 */
public record Component(Kind kind, String format, String text, String url, List<String> examples) {
  private static final Set<String> MEDIA = Set.of("IMAGE", "VIDEO", "DOCUMENT");

  /** The parts of a template. */
  public enum Kind {
    HEADER,
    BODY,
    FOOTER,
    BUTTON,
    UNKNOWN
  }

  public boolean isMediaHeader() {
    return kind == Kind.HEADER && MEDIA.contains(format);
  }

  /** A button that is filled with one value: a link's ending, or a code. */
  public boolean isFilledButton() {
    return kind == Kind.BUTTON
        && (format.equals("COPY_CODE") || format.equals("OTP") || !Placeholder.in(url).isEmpty());
  }
}
