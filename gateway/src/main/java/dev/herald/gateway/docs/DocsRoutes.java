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

/**
 * Serves the description of the API: {@code /openapi.yaml} for programs, {@code /docs} for people.
 */
public final class DocsRoutes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode api;
  private final byte[] yaml;
  private final byte[] page;
  private final byte[] css;

  /**
   * @param described paths and schemas made from the table of routes; what is written by hand is
   *     added to it
   */
  public DocsRoutes(ObjectNode described) {
    this.api = merged(base(), described);
    this.yaml = Yaml.write(api).getBytes(StandardCharsets.UTF_8);
    this.page = DocsPage.of(api).getBytes(StandardCharsets.UTF_8);
    this.css = resource("docs/docs.css");
  }

  public void register(RoutesConfig routes) {
    routes.get("/openapi.yaml", ctx -> send(ctx, yaml, "application/yaml;charset=utf-8"));
    routes.get("/docs", ctx -> send(ctx, page, "text/html;charset=utf-8"));
    routes.get("/docs/docs.css", ctx -> send(ctx, css, "text/css;charset=utf-8"));
  }

  /** The whole description. */
  public JsonNode api() {
    return api;
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
