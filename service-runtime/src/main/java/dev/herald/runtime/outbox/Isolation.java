package dev.herald.runtime.outbox;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.StatusRuntimeException;

/**
 * Decides how many rows to send at once: all that fit while things go well, fewer and fewer while
 * the receiver refuses, until the row at fault is alone. An outage is no row's fault, so it takes
 * many more failures before rows are tried apart; it still happens, since a row may be what brings
 * the receiver down.
 */
final class Isolation {
  static final int REFUSALS = 3;
  static final int OUTAGES = 20;

  private final int maxBatch;
  private int batch;
  private int refusals;
  private int outages;
  private int attempts;
  private boolean exhausted;

  Isolation(int maxBatch) {
    if (maxBatch < 1) {
      throw new IllegalArgumentException("A batch has at least one row.");
    }
    this.maxBatch = maxBatch;
    this.batch = maxBatch;
  }

  int batch() {
    return batch;
  }

  /** Counts a failure of this many rows; returns how often sending them has failed. */
  int failed(Throwable failure, int rows) {
    attempts++;
    if (isOutage(failure)) {
      outages++;
    } else {
      refusals++;
    }
    if (refusals < REFUSALS && outages < OUTAGES) {
      return attempts;
    }
    int failed = attempts;
    if (rows == 1) {
      exhausted = true;
    } else {
      batch = Math.max(1, rows / 2);
      restart();
    }
    return failed;
  }

  /** True if a single row has failed often enough to be set aside. */
  boolean isExhausted() {
    return exhausted;
  }

  /** The row at fault is out of the way. */
  void nextRow() {
    restart();
  }

  void succeeded() {
    batch = Math.min(maxBatch, batch * 2);
    restart();
  }

  static boolean isOutage(Throwable failure) {
    return switch (failure) {
      case StatusRuntimeException status -> isOutage(GrpcErrors.fromStatus(status).kind());
      case HeraldException error -> isOutage(error.kind());
      default -> false;
    };
  }

  // A receiver that does not know us or the method is misconfigured: no row is at fault either.
  private static boolean isOutage(HeraldException.Kind kind) {
    return switch (kind) {
      case UNAVAILABLE, DEADLINE, CANCELLED, EXHAUSTED, ABORTED -> true;
      case UNAUTHENTICATED, PERMISSION, UNIMPLEMENTED -> true;
      case INVALID, NOT_FOUND, ALREADY_EXISTS, PRECONDITION, INTERNAL -> false;
    };
  }

  private void restart() {
    refusals = 0;
    outages = 0;
    attempts = 0;
    exhausted = false;
  }
}
