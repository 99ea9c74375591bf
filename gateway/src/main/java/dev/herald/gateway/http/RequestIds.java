package dev.herald.gateway.http;

import dev.herald.runtime.Ids;
import io.javalin.http.Context;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every request has an id: the caller's own if it sends a plain one, else one of ours. */
public final class RequestIds {
  public static final String HEADER = "X-Request-Id";

  private static final String ATTRIBUTE = "herald.request-id";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private RequestIds() {}

  static String assign(Context ctx) {
    String given = ctx.header(HEADER);
    String id =
        given != null && PLAIN.matcher(given).matches()
            ? given
            : Long.toString(Ids.next(), Character.MAX_RADIX);
    ctx.attribute(ATTRIBUTE, id);
    ctx.header(HEADER, id);
    return id;
  }

  public static String of(Context ctx) {
    @Nullable String id = ctx.attribute(ATTRIBUTE);
    return id == null ? assign(ctx) : id;
  }
}
