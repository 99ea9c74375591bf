package dev.herald.runtime.access;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sends {@code authorization: Bearer …} with each call. */
public final class BearerToken extends CallCredentials {
  /** The metadata entry that carries the token. */
  public static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Supplier<String> token;

  private BearerToken(Supplier<String> token) {
    this.token = token;
  }

  /** Credentials with a token that is asked for at each call; the supplier must not block. */
  public static BearerToken of(Supplier<String> token) {
    return new BearerToken(token);
  }

  public static BearerToken of(String token) {
    return new BearerToken(() -> token);
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // gRPC wants every failure through the applier.
  public void applyRequestMetadata(
      RequestInfo request, Executor executor, MetadataApplier applier) {
    try {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + token.get());
      applier.apply(headers);
    } catch (RuntimeException e) {
      applier.fail(Status.UNAUTHENTICATED.withDescription("No token could be made.").withCause(e));
    }
  }
}
