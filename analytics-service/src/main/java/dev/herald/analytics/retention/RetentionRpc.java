package dev.herald.analytics.retention;

import com.google.protobuf.util.Durations;
import dev.herald.analytics.v1.RetentionServiceGrpc;
import dev.herald.analytics.v1.RunRetentionRequest;
import dev.herald.analytics.v1.RunRetentionResponse;
import dev.herald.runtime.HeraldException;
import io.grpc.stub.StreamObserver;

/** The gRPC edge of retention. */
public final class RetentionRpc extends RetentionServiceGrpc.RetentionServiceImplBase {
  private final Retention retention;

  public RetentionRpc(Retention retention) {
    this.retention = retention;
  }

  @Override
  public void runRetention(
      RunRetentionRequest request, StreamObserver<RunRetentionResponse> answer) {
    try {
      int removed = retention.run();
      answer.onNext(
          RunRetentionResponse.newBuilder()
              .setRemovedBlocks(removed)
              .setKept(Durations.fromSeconds(retention.kept().toSeconds()))
              .build());
      answer.onCompleted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HeraldException.unavailable("STOPPING", "The service is stopping. Run it again.");
    }
  }
}
