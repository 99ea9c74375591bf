package dev.herald.gateway.webhook;

import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.RequestBody;
import dev.herald.gateway.security.Hashes;
import dev.herald.gateway.webhook.WebhookLog.Received;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.groupcommit.GroupCommit;
import dev.herald.runtime.trace.Traceparent;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes webhooks in: the signature over the bytes as sent, the log, then 200. Nothing is parsed
 * before the answer, and nothing but our own database is needed for it. What cannot be logged is
 * answered 503, and WhatsApp sends it again.
 */
public final class WebhookIntake implements AutoCloseable {
  static final int MAX_BODY = 4 * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(WebhookIntake.class);
  private static final long OPERATOR = 0;
  private static final Duration BODY_DEADLINE = Duration.ofSeconds(10);
  private static final Duration ROOM_DEADLINE = Duration.ofSeconds(2);
  private static final Pattern CHALLENGE = Pattern.compile("[0-9A-Za-z_-]{1,128}");
  private static final Pattern CHANNEL_ID = Pattern.compile("[1-9][0-9]{0,18}");

  // Bodies that are being read or wait for their commit; weighed in KiB.
  static final int ROOM_KIB = 64 * 1024;
  private static final int BATCH_KIB = 4 * 1024;
  private static final int WRITERS = 2;

  private final List<Secret> appSecrets;
  private final Secret verifyToken;
  private final ChannelSecrets channels;
  private final BooleanSupplier full;
  private final Runnable wakeApplier;
  private final Semaphore room = new Semaphore(ROOM_KIB);
  private final GroupCommit<Received, Boolean> commits;
  private final Counter accepted;
  private final Counter refused;
  private final Counter turnedAway;

  /**
   * @param full whether so much waits to be applied that no more may be taken
   */
  WebhookIntake(
      List<Secret> appSecrets,
      Secret verifyToken,
      ChannelSecrets channels,
      WebhookLog webhookLog,
      BooleanSupplier full,
      Runnable wakeApplier,
      MeterRegistry metrics) {
    this.appSecrets = List.copyOf(appSecrets);
    this.verifyToken = verifyToken;
    this.channels = channels;
    this.full = full;
    this.wakeApplier = wakeApplier;
    this.commits =
        new GroupCommit<>(
            "webhooks",
            BATCH_KIB,
            ROOM_KIB,
            WRITERS,
            received -> kib(received.body().length),
            bodies -> {
              webhookLog.append(bodies);
              return Collections.nCopies(bodies.size(), true);
            },
            metrics);
    this.accepted = counter(metrics, "accepted");
    this.refused = counter(metrics, "refused");
    this.turnedAway = counter(metrics, "turned_away");
  }

  public void register(RoutesConfig routes) {
    routes.get("/webhooks/whatsapp", ctx -> handshake(ctx, Optional.of(verifyToken)));
    routes.get("/webhooks/whatsapp/{channelId}", ctx -> handshake(ctx, verifyToken(ctx)));
    routes.post("/webhooks/whatsapp", ctx -> take(ctx, OPERATOR, appSecrets));
    routes.post(
        "/webhooks/whatsapp/{channelId}", ctx -> take(ctx, channelId(ctx), appSecrets(ctx)));
  }

  @Override
  public void close() {
    commits.close();
  }

  private void handshake(Context ctx, Optional<Secret> expected) {
    String mode = only(ctx, "hub.mode");
    String token = only(ctx, "hub.verify_token");
    String challenge = only(ctx, "hub.challenge");
    boolean good =
        mode.equals("subscribe")
            && expected.isPresent()
            && !expected.get().value().isEmpty()
            && Hashes.equal(expected.get().value(), token)
            && CHALLENGE.matcher(challenge).matches();
    if (!good) {
      throw new HttpRefusal(403, "HANDSHAKE_REFUSED", "The verify token is not the expected one.");
    }
    ctx.header("Cache-Control", "no-store");
    ctx.status(200).result(challenge).contentType("text/plain");
  }

  private void take(Context ctx, long channelId, List<Secret> secrets) throws IOException {
    if (full.getAsBoolean()) {
      throw turnAway("Too many webhooks wait to be applied.");
    }
    int weight = weight(ctx);
    reserve(weight);
    try {
      byte[] body = RequestBody.read(ctx, MAX_BODY, BODY_DEADLINE);
      List<String> signatures = Collections.list(ctx.req().getHeaders(Signature.HEADER));
      if (!Signature.matches(signatures, body, secrets)) {
        refused.increment();
        throw new HttpRefusal(401, "SIGNATURE_INVALID", "The signature does not match the body.");
      }
      CrashPoint.reached("gateway.intake.before-commit");
      commit(new Received(channelId, body, signatures.getFirst(), Traceparent.current()));
      CrashPoint.reached("gateway.intake.committed");
      accepted.increment();
      ctx.status(200);
    } finally {
      room.release(weight);
    }
    wakeApplier.run();
  }

  private void commit(Received received) {
    try {
      commits.submit(received);
    } catch (HeraldException e) {
      throw turnAway(e.message());
    } catch (RuntimeException e) {
      log.error("A webhook could not be logged", e);
      throw turnAway("The webhook cannot be stored just now.");
    }
  }

  private void reserve(int weight) {
    try {
      if (room.tryAcquire(weight, ROOM_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw turnAway("Too many webhooks are being received.");
  }

  private HttpRefusal turnAway(String why) {
    turnedAway.increment();
    return new HttpRefusal(503, "INTAKE_UNAVAILABLE", why, Map.of("Retry-After", "5"));
  }

  // A body of unknown length may become as long as is allowed.
  private static int weight(Context ctx) {
    long announced = ctx.req().getContentLengthLong();
    if (announced > MAX_BODY) {
      throw HttpRefusal.bodyTooLarge(MAX_BODY);
    }
    return kib(announced < 0 ? MAX_BODY : (int) announced);
  }

  private static int kib(int bytes) {
    return bytes / 1024 + 1;
  }

  private Optional<Secret> verifyToken(Context ctx) {
    return channels.find(channelId(ctx)).map(ChannelSecret::verifyToken);
  }

  // A channel nobody knows is answered like a wrong signature.
  private List<Secret> appSecrets(Context ctx) {
    return channels
        .find(channelId(ctx))
        .map(ChannelSecret::appSecret)
        .map(List::of)
        .orElse(List.of());
  }

  private static long channelId(Context ctx) {
    String text = ctx.pathParam("channelId");
    try {
      return CHANNEL_ID.matcher(text).matches() ? Long.parseLong(text) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String only(Context ctx, String name) {
    List<String> values = ctx.queryParams(name);
    return values.size() == 1 ? values.getFirst() : "";
  }

  private static Counter counter(MeterRegistry metrics, String outcome) {
    return Counter.builder("herald.webhooks").tag("outcome", outcome).register(metrics);
  }
}
