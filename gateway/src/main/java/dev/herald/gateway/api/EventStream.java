package dev.herald.gateway.api;

import com.google.protobuf.Message;
import dev.herald.gateway.api.Route.Handling.Watch;
import dev.herald.gateway.http.Problems;
import dev.herald.runtime.HeraldException;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Passes a service's stream on as server-sent events. The next answer is asked for when the last
 * one is on its way to the client, so a slow client slows its own stream and nothing else. A
 * comment now and then shows both sides that the connection lives; a client that has gone ends the
 * stream.
 */
final class EventStream {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(15);
  // Clients come back by themselves; meanwhile credentials may have changed and servers been
  // replaced.
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final byte[] RETRY = "retry: 2000\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ALIVE = ": alive\n\n".getBytes(StandardCharsets.UTF_8);

  private final BlockingClientCall<Message, Message> stream;
  private final Watch watch;
  private final Call call;

  /** Opens the stream; nothing is sent yet. */
  EventStream(Call call, Rpc rpc, Watch watch, Message request) {
    this.call = call;
    this.watch = watch;
    this.stream =
        call.services()
            .watch(rpc.method(), request, call.actor().principal(), call.actor().requestId());
  }

  /**
   * Serves the stream until either side ends it.
   *
   * @param allowed asked at every heartbeat: whether the caller's credentials are still good
   */
  void serve(Context ctx, StreamLimits.Place place, BooleanSupplier allowed)
      throws IOException, InterruptedException {
    place.endBy(() -> stream.cancel("The gateway stops.", null));
    try {
      serve(ctx, allowed);
    } finally {
      stream.cancel("The client has gone.", null);
    }
  }

  private void serve(Context ctx, BooleanSupplier allowed)
      throws IOException, InterruptedException {
    // Until the first answer nothing is sent, so that a refusal is an ordinary error.
    Message first = first();
    HttpServletResponse response = ctx.res();
    response.setStatus(200);
    response.setContentType("text/event-stream;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    OutputStream out = response.getOutputStream();
    out.write(RETRY);
    pass(first, out);
    out.flush();
    try {
      follow(out, allowed);
    } catch (StatusException e) {
      end(Services.translate(e), out);
    }
  }

  private Message first() throws InterruptedException {
    try {
      Message first = stream.read(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      if (first == null) {
        throw HeraldException.internal("A stream ended before it began", null);
      }
      return first;
    } catch (StatusException e) {
      throw Services.translate(e);
    } catch (TimeoutException e) {
      throw HeraldException.of(
          HeraldException.Kind.DEADLINE, "DEADLINE_EXCEEDED", "The stream did not begin in time.");
    }
  }

  private void follow(OutputStream out, BooleanSupplier allowed)
      throws IOException, InterruptedException, StatusException {
    long end = System.nanoTime() + LONGEST.toNanos();
    long nextBeat = System.nanoTime() + HEARTBEAT.toNanos();
    while (System.nanoTime() < end) {
      try {
        Message next = stream.read(Math.max(1, nextBeat - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (next == null) {
          return;
        }
        pass(next, out);
      } catch (TimeoutException e) {
        // Nothing has changed: time for a sign of life.
      }
      if (System.nanoTime() >= nextBeat) {
        if (!allowed.getAsBoolean()) {
          return;
        }
        out.write(ALIVE);
        nextBeat = System.nanoTime() + HEARTBEAT.toNanos();
      }
      out.flush();
    }
  }

  // What may pass by itself is left to the client's coming back; the rest is told.
  private void end(HeraldException error, OutputStream out) throws IOException {
    if (!error.kind().isTransient()) {
      out.write(event("problem", "", Problems.json(error, call.actor().requestId())));
      out.flush();
    }
  }

  private void pass(Message answer, OutputStream out) throws IOException {
    out.write(event(watch.event(), version(answer), watch.answer().json(call, answer)));
  }

  // The resource's version, by which a client sees what it has already.
  private String version(Message answer) {
    long version = watch.answer().version(answer);
    return version == 0 ? "" : "id: " + version + "\n";
  }

  private static byte[] event(String name, String id, String json) {
    return "event: %s\n%sdata: %s\n\n".formatted(name, id, json).getBytes(StandardCharsets.UTF_8);
  }
}
