package dev.herald.gateway.dashboard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.SecurityHeaders;
import dev.herald.gateway.security.Hashes;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the dashboard: our own files, the libraries from WebJars without their versions in the
 * address, and the one page for every address the page itself knows.
 *
 * <p>Files carry an ETag and are asked for again; under {@code /assets/<hash>/} they never change
 * and are kept for a year.
 */
public final class Dashboard {
  private static final String ROOT = "dashboard/";
  private static final String WEBJARS = "META-INF/resources/webjars/";
  private static final String WEBJARS_PATH = "webjars/";
  private static final String INDEX = "index.html";
  private static final int MOST_CACHED = 1000;
  // Plain names only: no dot-dot, no empty part, nothing that could leave the folder.
  private static final Pattern PLAIN_PATH =
      Pattern.compile("(?:@?[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final Pattern PAGE = Pattern.compile("(?:/[A-Za-z0-9_~-]*)*");
  private static final Pattern OWN_REFERENCE = Pattern.compile("(?<=(?:src|href)=\")/(?=[a-z])");
  private static final Pattern VERSIONED = Pattern.compile("assets/([0-9a-f]{16})/(.+)");
  private static final String FOR_A_YEAR = "public, max-age=31536000, immutable";
  private static final Pattern INLINE_SCRIPT =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Map<String, String> WEBJAR_GROUPS =
      Map.of(
          "preact", "org.webjars.npm",
          "lit-html", "org.webjars.npm",
          "uplot", "org.webjars.npm");

  private final Cache<String, Optional<Asset>> cache =
      Caffeine.newBuilder().maximumSize(MOST_CACHED).build();
  private final String version;
  private final Optional<Asset> index;
  private final List<String> inlineScripts;

  public Dashboard() {
    this.version =
        AssetFolder.version(ROOT, WEBJAR_GROUPS.keySet().stream().map(Dashboard::version).toList());
    this.index = read(ROOT + INDEX).map(this::withVersionedReferences);
    this.inlineScripts = inlineScripts();
  }

  // Every file the page names, and what those import by relative paths, then has an address of this
  // version.
  private Asset withVersionedReferences(byte[] page) {
    String html = new String(page, StandardCharsets.UTF_8);
    String versioned = OWN_REFERENCE.matcher(html).replaceAll("/assets/" + version + "/");
    return Asset.of(INDEX, versioned.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds the files and, for every other address that looks like a page, the page. */
  public void register(RoutesConfig routes) {
    routes.get("/<path>", this::serve);
    routes.get("/", this::page);
  }

  private void serve(Context ctx) {
    String path = ctx.pathParam("path");
    Matcher versioned = VERSIONED.matcher(path);
    if (versioned.matches()) {
      // A page of an earlier version gets the files of this one, but must not keep them as its own.
      boolean current = versioned.group(1).equals(version);
      send(ctx, file(versioned.group(2)), current ? FOR_A_YEAR : "no-cache");
      return;
    }
    Optional<Asset> file = file(path);
    if (file.isPresent()) {
      SecurityHeaders.page(ctx, inlineScripts);
      send(ctx, file, "no-cache");
    } else {
      page(ctx);
    }
  }

  private Optional<Asset> file(String path) {
    if (path.startsWith(WEBJARS_PATH)) {
      return webjar(path.substring(WEBJARS_PATH.length()));
    }
    return path.equals(INDEX) ? Optional.empty() : resource(ROOT, path);
  }

  private void page(Context ctx) {
    if (!PAGE.matcher(ctx.path()).matches() || isServers(ctx.path())) {
      throw new HttpRefusal(404, "ROUTE_NOT_FOUND", "There is nothing at this address.");
    }
    SecurityHeaders.page(ctx, inlineScripts);
    send(ctx, index, "no-cache");
  }

  // A mistyped API address must not be answered with a page.
  private static boolean isServers(String path) {
    return path.startsWith("/api/")
        || path.startsWith("/webhooks/")
        || path.startsWith("/campaign/")
        || path.startsWith("/project-apis/")
        || path.startsWith("/.well-known/");
  }

  private static void send(Context ctx, Optional<Asset> found, String caching) {
    Asset asset =
        found.orElseThrow(
            () -> new HttpRefusal(404, "ROUTE_NOT_FOUND", "There is nothing at this address."));
    ctx.header("ETag", asset.etag());
    ctx.header("Cache-Control", caching);
    ctx.header("Vary", "Accept-Encoding");
    if (asset.etag().equals(ctx.header("If-None-Match"))) {
      ctx.status(304);
      return;
    }
    ctx.disableCompression();
    ctx.contentType(asset.contentType());
    if (asset.gzipped().length > 0 && acceptsGzip(ctx)) {
      ctx.header("Content-Encoding", "gzip");
      ctx.result(asset.gzipped());
    } else {
      ctx.result(asset.bytes());
    }
  }

  private static boolean acceptsGzip(Context ctx) {
    String accepted = ctx.header("Accept-Encoding");
    return accepted != null && accepted.contains("gzip");
  }

  private Optional<Asset> webjar(String path) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String name = path.substring(0, slash);
    return version(name)
        .flatMap(
            version -> resource(WEBJARS + name + "/" + version + "/", path.substring(slash + 1)));
  }

  // The version stands in the WebJar's own Maven properties; addresses stay the same when it
  // changes.
  private static Optional<String> version(String name) {
    String group = WEBJAR_GROUPS.get(name);
    if (group == null) {
      return Optional.empty();
    }
    return read("META-INF/maven/" + group + "/" + name + "/pom.properties")
        .map(
            bytes -> {
              Properties properties = new Properties();
              try {
                properties.load(new ByteArrayInputStream(bytes));
              } catch (IOException e) {
                throw new UncheckedIOException(e); // Memory does not fail to be read.
              }
              return properties.getProperty("version", "");
            });
  }

  private Optional<Asset> resource(String folder, String path) {
    if (!PLAIN_PATH.matcher(path).matches()) {
      return Optional.empty();
    }
    return cache.get(folder + path, name -> read(name).map(bytes -> Asset.of(path, bytes)));
  }

  private List<String> inlineScripts() {
    List<String> hashes = new ArrayList<>();
    index.ifPresent(
        page -> {
          Matcher scripts = INLINE_SCRIPT.matcher(new String(page.bytes(), StandardCharsets.UTF_8));
          while (scripts.find()) {
            hashes.add(Base64.getEncoder().encodeToString(Hashes.sha256(scripts.group(1))));
          }
        });
    return List.copyOf(hashes);
  }

  private static Optional<byte[]> read(String name) {
    ClassLoader loader = Dashboard.class.getClassLoader();
    try (InputStream in = loader.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("A file of the dashboard cannot be read: " + name, e);
    }
  }
}
