package dev.herald.campaign.rpc;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers a unary call; failures pass through to the server, which turns them into statuses. */
public final class Rpc {
  private Rpc() {}

  public static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
    T answer = work.get();
    observer.onNext(answer);
    observer.onCompleted();
  }
}
