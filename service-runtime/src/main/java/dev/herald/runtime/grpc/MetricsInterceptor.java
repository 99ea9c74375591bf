package dev.herald.runtime.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Times each call by method and code: {@code herald_grpc_server_seconds}. */
final class MetricsInterceptor implements ServerInterceptor {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10),
  };

  private final MeterRegistry metrics;

  MetricsInterceptor(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    var measured = new Measured(call.getMethodDescriptor().getFullMethodName());
    var observed =
        new SimpleForwardingServerCall<ReqT, RespT>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            measured.end(status.getCode());
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(observed, headers)) {
      @Override
      public void onCancel() {
        measured.end(Status.Code.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** One call's time; it ends once, by an answer or by the caller going away. */
  private final class Measured {
    private final String method;
    private final Timer.Sample sample = Timer.start(metrics);
    private final AtomicBoolean ended = new AtomicBoolean();

    Measured(String method) {
      this.method = method;
    }

    void end(Status.Code code) {
      if (ended.compareAndSet(false, true)) {
        sample.stop(
            Timer.builder("herald.grpc.server")
                .description("Calls answered, by method and gRPC code")
                .tag("method", method)
                .tag("code", code.name())
                .serviceLevelObjectives(BUCKETS)
                .register(metrics));
      }
    }
  }
}
