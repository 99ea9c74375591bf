package dev.herald.billing.edge;

import dev.herald.runtime.HeraldException;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sends a file piece by piece, no faster than the caller takes it. A caller who takes nothing for a
 * while is given up, because the snapshot the file is read from cannot be kept for ever.
 */
final class Pieces<T> implements Consumer<String> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();

  private final StreamObserver<T> observer;
  private final Function<String, T> response;

  Pieces(StreamObserver<T> observer, Function<String, T> response) {
    this.observer = observer;
    this.response = response;
  }

  @Override
  public void accept(String piece) {
    if (observer instanceof ServerCallStreamObserver<?> call) {
      awaitReady(call);
    }
    observer.onNext(response.apply(piece));
  }

  private static void awaitReady(ServerCallStreamObserver<?> call) {
    long begin = System.nanoTime();
    while (!call.isReady()) {
      if (Context.current().isCancelled() || Thread.currentThread().isInterrupted()) {
        throw HeraldException.of(
            HeraldException.Kind.CANCELLED, "CANCELLED", "The caller has gone.");
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw HeraldException.unavailable(
            "READER_TOO_SLOW", "The file was not read for a while. Ask for it again.");
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }
}
