package dev.herald.campaign.message;

import dev.herald.runtime.messagekey.LinkCodec;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tracked links of a content: which there are, where they lead, and why they cannot be. What a
 * message says instead leads to the gateway, which notes who opened it and sends on.
 */
public final class Links {
  private static final int MAX_TARGET = 2000;
  // An address in a text, up to the next blank; braces would be filled differently for everybody.
  private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s{}]+(?=\\s|$)");

  private Links() {}

  /** Where the tracked links lead, by their place. */
  public static List<String> of(Content content) {
    return switch (content) {
      case Content.TemplateContent template ->
          template.bindings().stream().filter(Binding::track).map(Binding::text).toList();
      case Content.RegularContent regular ->
          regular.trackLinks()
              ? ADDRESS.matcher(regular.text()).results().map(found -> found.group()).toList()
              : List.of();
    };
  }

  /** What is wrong with one of them, in words. */
  public static Optional<String> flaw(Content content) {
    List<String> targets = of(content);
    if (targets.size() > LinkCodec.MAX_LINKS) {
      return Optional.of("A message has at most " + LinkCodec.MAX_LINKS + " tracked links.");
    }
    return targets.stream().filter(target -> !isAddress(target)).findFirst().map(Links::refusal);
  }

  private static String refusal(String target) {
    return "A tracked link must be a whole address that begins with https:// or http:// and has at"
        + " most "
        + MAX_TARGET
        + " characters: "
        + target.substring(0, Math.min(100, target.length()));
  }

  private static boolean isAddress(String target) {
    try {
      URI address = new URI(target.strip());
      String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
      return target.length() <= MAX_TARGET
          && (scheme.equals("https") || scheme.equals("http"))
          && address.getHost() != null
          && address.getUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** The text with every tracked address replaced by what leads there. */
  static String replaced(Content.RegularContent content, IntFunction<String> links) {
    if (!content.trackLinks()) {
      return content.text();
    }
    int[] next = {0};
    return ADDRESS
        .matcher(content.text())
        .replaceAll(found -> Matcher.quoteReplacement(links.apply(next[0]++)));
  }
}
