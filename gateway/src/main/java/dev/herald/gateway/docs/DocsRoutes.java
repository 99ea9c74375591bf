package dev.herald.gateway.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.gateway.http.SecurityHeaders;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the description of the API: {@code /openapi.yaml} for programs, {@code /docs} for people.
 */
public final class DocsRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Supplier<ObjectNode> described;
  private final byte[] css = resource("docs/docs.css");
  private @Nullable Pages pages;

  // Made when first asked for: describing everything takes a second that a start would wait for.
  private record Pages(ObjectNode api, byte[] yaml, byte[] page) {}

  /**
   * @param described paths and schemas made from the table of routes; what is written by hand is
   *     added to it
   */
  public DocsRoutes(Supplier<ObjectNode> described) {
    this.described = described;
  }

  private synchronized Pages pages() {
    Pages made = pages;
    if (made == null) {
      ObjectNode api = merged(base(), described.get());
      made =
          new Pages(
              api,
              Yaml.write(api).getBytes(StandardCharsets.UTF_8),
              DocsPage.of(api).getBytes(StandardCharsets.UTF_8));
      pages = made;
    }
    return made;
  }

  public void register(RoutesConfig routes) {
    routes.get("/openapi.yaml", ctx -> send(ctx, pages().yaml(), "application/yaml;charset=utf-8"));
    routes.get("/docs", ctx -> send(ctx, pages().page(), "text/html;charset=utf-8"));
    routes.get("/docs/docs.css", ctx -> send(ctx, css, "text/css;charset=utf-8"));
  }

  /** The whole description. */
  public JsonNode api() {
    return pages().api();
  }

  private static void send(Context ctx, byte[] bytes, String type) {
    SecurityHeaders.page(ctx, List.of());
    ctx.header("Cache-Control", "no-cache");
    ctx.result(bytes).contentType(type);
  }

  private static ObjectNode base() {
    try {
      return (ObjectNode) JSON.readTree(resource("docs/base.json"));
    } catch (IOException e) {
      throw new UncheckedIOException("The description's fixed part cannot be read.", e);
    }
  }

  private static ObjectNode merged(ObjectNode one, ObjectNode other) {
    for (Map.Entry<String, JsonNode> member : other.properties()) {
      JsonNode known = one.get(member.getKey());
      if (known instanceof ObjectNode left && member.getValue() instanceof ObjectNode right) {
        merged(left, right);
      } else {
        one.set(member.getKey(), member.getValue());
      }
    }
    return one;
  }

  private static byte[] resource(String name) {
    try (InputStream in = DocsRoutes.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("Missing on the class path: " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot be read: " + name, e);
    }
  }
}
