package dev.herald.campaign.message;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** How a picture, video or document is named to WhatsApp: by a link, or by the id of an upload. */
public final class Media {
  private Media() {}

  /** True for an absolute http or https address, which WhatsApp can be asked to fetch. */
  public static boolean isLink(String value) {
    try {
      URI uri = new URI(value);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      return (scheme.equals("https") || scheme.equals("http")) && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** An id is digits only; a link never is. */
  static boolean isId(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
