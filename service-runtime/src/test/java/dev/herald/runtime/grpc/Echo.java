package dev.herald.runtime.grpc;

import dev.herald.runtime.access.Caller;
import dev.herald.runtime.test.v1.EchoRequest;
import dev.herald.runtime.test.v1.EchoResponse;
import dev.herald.runtime.test.v1.EchoServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.function.UnaryOperator;

/** Answers with the text it got and the caller it saw; a test may replace what it does. */
final class Echo extends EchoServiceGrpc.EchoServiceImplBase {
  volatile UnaryOperator<String> work = text -> text;

  @Override
  public void view(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  @Override
  public void operate(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  @Override
  public void own(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  @Override
  public void serve(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  @Override
  public void ingest(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  @Override
  public void closed(EchoRequest request, StreamObserver<EchoResponse> observer) {
    echo(request, observer);
  }

  // Answers once and stays open until the caller or the server ends it.
  @Override
  public void watch(EchoRequest request, StreamObserver<EchoResponse> observer) {
    observer.onNext(response(request));
  }

  private void echo(EchoRequest request, StreamObserver<EchoResponse> observer) {
    observer.onNext(response(request));
    observer.onCompleted();
  }

  private EchoResponse response(EchoRequest request) {
    return EchoResponse.newBuilder()
        .setText(work.apply(request.getText()))
        .setSubject(Caller.current().subject())
        .build();
  }
}
