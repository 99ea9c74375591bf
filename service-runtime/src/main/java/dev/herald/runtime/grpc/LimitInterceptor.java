package dev.herald.runtime.grpc;

import dev.herald.runtime.HeraldException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds the calls worked on at a time. Virtual threads cost next to nothing, what they wait for
 * does: beyond the limit an answer at once is worth more than a place in a queue. Streams are
 * counted apart, because an open dashboard must not take the place of work.
 */
final class LimitInterceptor implements ServerInterceptor {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int maxCalls;
  private final Semaphore calls;
  private final Semaphore streams;

  /** The server's name tells the gauges of several servers in one process apart. */
  LimitInterceptor(String server, int maxCalls, int maxStreams, MeterRegistry metrics) {
    this.maxCalls = maxCalls;
    this.calls = new Semaphore(maxCalls);
    this.streams = new Semaphore(maxStreams);
    Gauge.builder("herald.grpc.server.calls", this, LimitInterceptor::callsInFlight)
        .description("Calls being worked on, streams not counted")
        .tag("server", server)
        .register(metrics);
    Gauge.builder("herald.grpc.server.streams", streams, s -> maxStreams - s.availablePermits())
        .description("Streams open")
        .tag("server", server)
        .register(metrics);
  }

  int callsInFlight() {
    return maxCalls - calls.availablePermits();
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    boolean isStream = !call.getMethodDescriptor().getType().serverSendsOneMessage();
    Permit permit = new Permit(isStream ? streams : calls);
    if (!permit.acquire()) {
      throw HeraldException.exhausted(
          "SERVER_BUSY",
          "The service is at its limit of concurrent calls. Try again.",
          RETRY_AFTER);
    }
    ServerCall.Listener<ReqT> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (Throwable failure) {
      permit.release();
      throw failure;
    }
    // gRPC delivers exactly one of these two, and only after the handler has returned.
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        try {
          super.onCancel();
        } finally {
          permit.release();
        }
      }

      @Override
      public void onComplete() {
        try {
          super.onComplete();
        } finally {
          permit.release();
        }
      }
    };
  }

  /** One place of a call, given back once. */
  private static final class Permit {
    private final Semaphore places;
    private final AtomicBoolean held = new AtomicBoolean();

    Permit(Semaphore places) {
      this.places = places;
    }

    boolean acquire() {
      boolean acquired = places.tryAcquire();
      held.set(acquired);
      return acquired;
    }

    void release() {
      if (held.compareAndSet(true, false)) {
        places.release();
      }
    }
  }
}
