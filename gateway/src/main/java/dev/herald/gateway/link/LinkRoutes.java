package dev.herald.gateway.link;

import dev.herald.gateway.http.HttpRefusal;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.groupcommit.CommitFailedException;
import dev.herald.runtime.messagekey.LinkCodec.Link;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /l/TOKEN}: notes that the link was opened and sends on. The target is the campaign's,
 * never a part of the request. Whoever opens a link gets there even when the opening cannot be
 * stored.
 */
final class LinkRoutes {
  private static final Logger log = LoggerFactory.getLogger(LinkRoutes.class);
  private static final String PATH = "/l/{token}";
  // What a target may say to be told whose click it is; the token names no person.
  private static final String CLICK_ID = "__CLICKID__";
  private static final int FOUND = 302;
  private static final Duration COMMIT = Duration.ofSeconds(1);

  private final Links links;
  private final Counter unknown;
  private final Counter lost;

  LinkRoutes(Links links, MeterRegistry metrics) {
    this.links = links;
    this.unknown = Counter.builder("herald.link.unknown").register(metrics);
    this.lost = Counter.builder("herald.link.lost").register(metrics);
  }

  void register(RoutesConfig routes) {
    routes.get(PATH, this::open);
    routes.head(PATH, this::open);
  }

  private void open(Context ctx) {
    String token = ctx.pathParam("token");
    Link link = links.read(token).orElseThrow(this::notFound);
    String target = links.target(link).orElseThrow(this::notFound);
    note(new Opening(link, Instant.now(), isProgram(ctx)));
    ctx.header("Cache-Control", "no-store");
    ctx.header("Referrer-Policy", "no-referrer");
    ctx.header("Location", target.replace(CLICK_ID, token));
    ctx.status(FOUND);
  }

  private HttpRefusal notFound() {
    unknown.increment();
    return new HttpRefusal(404, "LINK_NOT_FOUND", "There is no such link.");
  }

  // Whoever waits for a page does not wait for our disk longer than this; it is stored all the
  // same.
  private void note(Opening opening) {
    Thread storing =
        Thread.ofVirtual()
            .name("link-opened")
            .start(
                () -> {
                  try {
                    links.opened(opening);
                  } catch (HeraldException | CommitFailedException e) {
                    lost.increment();
                    log.error(
                        "An opened link could not be stored campaign={}",
                        opening.link().message().campaign(),
                        e);
                  }
                });
    try {
      storing.join(COMMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isProgram(Context ctx) {
    String purpose =
        Stream.of("Purpose", "Sec-Purpose", "X-Purpose")
            .map(name -> Optional.ofNullable(ctx.header(name)).orElse(""))
            .collect(Collectors.joining(" "));
    return Visitors.isProgram(
        ctx.method().name(), Optional.ofNullable(ctx.userAgent()).orElse(""), purpose);
  }
}
