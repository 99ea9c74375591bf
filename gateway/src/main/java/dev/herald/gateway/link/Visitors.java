package dev.herald.gateway.link;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells programs from people by what they say of themselves. WhatsApp fetches a preview of a link
 * before anybody has seen it, and mail and security scanners open whatever they find; neither is a
 * click.
 */
final class Visitors {
  private static final Pattern PROGRAMS =
      Pattern.compile(
          "bot\\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|facebookcatalog|whatsapp/"
              + "|telegram|skypeuripreview|slack|discord|embedly|pinterest|headless|phantomjs"
              + "|lighthouse|pingdom|monitor|scanner|curl/|wget/|python-|java/|go-http-client"
              + "|okhttp|axios|node-fetch|libwww|httpclient");

  private Visitors() {}

  /**
   * True unless a person's browser asks to see the page now.
   *
   * @param purpose of the headers Purpose, Sec-Purpose and X-Purpose, joined
   */
  static boolean isProgram(String method, String userAgent, String purpose) {
    String agent = userAgent.toLowerCase(Locale.ROOT);
    String why = purpose.toLowerCase(Locale.ROOT);
    return !method.equals("GET")
        || agent.isBlank()
        || PROGRAMS.matcher(agent).find()
        || why.contains("prefetch")
        || why.contains("preview");
  }
}
