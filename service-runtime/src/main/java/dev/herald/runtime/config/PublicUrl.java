package dev.herald.runtime.config;

import java.net.URI;
import java.util.Optional;

/** Where people reach the gateway, as every part that writes links has to know it. */
public final class PublicUrl {
  private PublicUrl() {}

  /** Empty where it is not set. */
  public static Optional<URI> from(Settings settings) {
    URI url =
        settings.uri(
            "HERALD_PUBLIC_URL",
            "",
            "Where people reach the gateway, such as https://herald.example.com; for sign-in links,"
                + " tracked links and cookies.");
    if (url.toString().isEmpty()) {
      return Optional.empty();
    }
    boolean usable =
        url.getHost() != null
            && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    if (!usable) {
      throw new SettingException("HERALD_PUBLIC_URL must be an http or https address: " + url);
    }
    String path = url.getPath() == null ? "" : url.getPath();
    if (!path.isEmpty() && !path.equals("/")) {
      throw new SettingException("HERALD_PUBLIC_URL must not have a path: " + url);
    }
    return Optional.of(url);
  }
}
