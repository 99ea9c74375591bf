package dev.herald.analytics.campaign;

import dev.herald.analytics.campaign.Changes.Watch;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.runtime.HeraldException;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Serves one watcher until it goes away. */
final class WatchLoop {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final long READY_NANOS = 5_000_000;

  private WatchLoop() {}

  /**
   * Nothing is looked up for a watcher alone, so that a thousand cost the database what one costs.
   *
   * @param first looks up what is sent at once
   * @param heartbeat what is sent when nothing changed for a while, from what was sent last
   */
  static <T> void run(
      Changes changes,
      Watch watch,
      StreamObserver<T> observer,
      Supplier<List<CampaignAnalytics>> first,
      UnaryOperator<List<CampaignAnalytics>> heartbeat,
      Duration every,
      Function<List<CampaignAnalytics>, T> response) {
    try {
      List<CampaignAnalytics> last = first.get();
      observer.onNext(response.apply(last));
      long quietSince = System.nanoTime();
      while (!Context.current().isCancelled()) {
        List<CampaignAnalytics> news = watch.await(STEP);
        boolean silent = news.isEmpty();
        if (silent && System.nanoTime() - quietSince < every.toNanos()) {
          continue;
        }
        awaitReady(observer);
        last = silent ? heartbeat.apply(last) : news;
        observer.onNext(response.apply(last));
        quietSince = System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      changes.end(watch);
    }
  }

  /**
   * Waits while the client has not taken what it was sent before, so that nothing piles up here.
   */
  static void awaitReady(StreamObserver<?> observer) {
    if (observer instanceof ServerCallStreamObserver<?> call) {
      while (!call.isReady()) {
        if (Context.current().isCancelled() || Thread.currentThread().isInterrupted()) {
          throw HeraldException.of(
              HeraldException.Kind.CANCELLED, "CANCELLED", "The caller has gone.");
        }
        LockSupport.parkNanos(READY_NANOS);
      }
    }
  }
}
