package dev.herald.gateway.api;

import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.security.Hashes;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Entity tags: {@code "<version>-<hash of the answer>"}. The hash tells a reader that nothing has
 * changed, down to the last figure; the version, which only people's changes move, lets a writer
 * say what it has seen.
 */
final class EntityTags {
  static final String IF_MATCH = "If-Match";
  static final String IF_NONE_MATCH = "If-None-Match";

  private static final Pattern OURS = Pattern.compile("\"([0-9]{1,18})-[0-9a-f]{24}\"");
  private static final int HASH_BYTES = 12;

  private EntityTags() {}

  static String of(String json, long version) {
    String hash = HexFormat.of().formatHex(Hashes.sha256(json), 0, HASH_BYTES);
    return "\"" + version + "-" + hash + "\"";
  }

  /** True if the client says that it has this answer already. */
  static boolean isKnown(Context ctx, String tag) {
    return tags(ctx, IF_NONE_MATCH).stream()
        .map(given -> given.startsWith("W/") ? given.substring(2) : given)
        .anyMatch(given -> given.equals(tag) || given.equals("*"));
  }

  /** True if the client makes its change depend on what it has seen. */
  static boolean isConditional(Context ctx) {
    return ctx.header(IF_MATCH) != null;
  }

  /**
   * The version the client has seen; empty if any will do.
   *
   * @throws HttpRefusal 412 if the tag is none of ours: then it is not that of the present state
   */
  static OptionalLong expectedVersion(Context ctx) {
    List<String> given = tags(ctx, IF_MATCH);
    if (given.isEmpty() || given.equals(List.of("*"))) {
      return OptionalLong.empty();
    }
    Matcher ours = OURS.matcher(given.getFirst());
    if (given.size() != 1 || !ours.matches()) {
      throw changed("If-Match takes the one ETag of the answer you have seen, or *.");
    }
    return OptionalLong.of(Long.parseLong(ours.group(1)));
  }

  static HttpRefusal changed(String message) {
    return new HttpRefusal(412, "VERSION_MISMATCH", message);
  }

  private static List<String> tags(Context ctx, String header) {
    return Collections.list(ctx.req().getHeaders(header)).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .toList();
  }
}
