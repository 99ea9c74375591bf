package dev.herald.gateway.api;

import dev.herald.gateway.identity.Principal;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.access.BearerToken;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Calls the services behind the gateway, as the principal who makes the request. */
public final class Services {
  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private final Channel campaign;
  private final Channel analytics;
  private final Channel billing;
  private final Function<Principal, String> tokens;

  /**
   * @param tokens what a principal's calls carry; asked before each call
   */
  public Services(
      Channel campaign, Channel analytics, Channel billing, Function<Principal, String> tokens) {
    this.campaign = campaign;
    this.analytics = analytics;
    this.billing = billing;
    this.tokens = tokens;
  }

  /** Calls and waits for the answer. */
  public <Q, A> A call(
      MethodDescriptor<Q, A> method,
      Q request,
      Principal principal,
      String requestId,
      Duration deadline) {
    CrashPoint.reached("gateway.call.before-send");
    try {
      A answer =
          ClientCalls.blockingUnaryCall(
              channel(method, requestId), method, options(principal, deadline), request);
      CrashPoint.reached("gateway.call.answered");
      return answer;
    } catch (StatusRuntimeException e) {
      throw translate(GrpcErrors.fromStatus(e));
    }
  }

  /** Opens a stream of answers that are read one by one. */
  <Q, A> BlockingClientCall<Q, A> watch(
      MethodDescriptor<Q, A> method, Q request, Principal principal, String requestId) {
    return ClientCalls.blockingV2ServerStreamingCall(
        channel(method, requestId), method, options(principal), request);
  }

  /** Opens a stream of requests. */
  <Q, A> BlockingClientCall<Q, A> send(
      MethodDescriptor<Q, A> method, Principal principal, String requestId, Duration deadline) {
    return ClientCalls.blockingClientStreamingCall(
        channel(method, requestId), method, options(principal, deadline));
  }

  static HeraldException translate(StatusException failure) {
    return translate(GrpcErrors.fromStatus(failure));
  }

  /** What a service says of the request passes; what went wrong between us and it stays with us. */
  static HeraldException translate(HeraldException error) {
    boolean saidByHerald = !error.reason().equals(codeName(error.kind()));
    return switch (error.kind()) {
      case UNAUTHENTICATED -> HeraldException.internal("A service refused our token", error);
      case UNAVAILABLE, CANCELLED -> saidByHerald ? error : unavailable(error);
      case DEADLINE ->
          HeraldException.of(
                  Kind.DEADLINE,
                  "DEADLINE_EXCEEDED",
                  "It took too long. It may have been done yet.")
              .causedBy(error);
      case UNIMPLEMENTED ->
          HeraldException.unimplemented(
                  "NOT_IMPLEMENTED", "This installation's services do not offer this yet.")
              .causedBy(error);
      case INTERNAL -> saidByHerald ? error : HeraldException.internal("A service failed", error);
      case INVALID, NOT_FOUND, ALREADY_EXISTS, PRECONDITION, PERMISSION, EXHAUSTED, ABORTED ->
          error;
    };
  }

  private static HeraldException unavailable(HeraldException error) {
    return HeraldException.unavailable(
            "SERVICE_UNAVAILABLE", "A part of Herald does not answer just now. Try again.")
        .retryAfter(Duration.ofSeconds(1))
        .causedBy(error);
  }

  // The reason of an error that carries no details of ours.
  private static String codeName(Kind kind) {
    return switch (kind) {
      case UNAVAILABLE -> "UNAVAILABLE";
      case CANCELLED -> "CANCELLED";
      case INTERNAL -> "INTERNAL";
      default -> "";
    };
  }

  private Channel channel(MethodDescriptor<?, ?> method, String requestId) {
    Metadata headers = new Metadata();
    headers.put(REQUEST_ID, requestId);
    return ClientInterceptors.intercept(
        channel(method), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private Channel channel(MethodDescriptor<?, ?> method) {
    String service = String.valueOf(method.getServiceName());
    if (service.startsWith("herald.campaign.")) {
      return campaign;
    }
    if (service.startsWith("herald.analytics.")) {
      return analytics;
    }
    if (service.startsWith("herald.billing.")) {
      return billing;
    }
    throw new IllegalArgumentException("No service offers " + method.getFullMethodName());
  }

  private CallOptions options(Principal principal, Duration deadline) {
    return options(principal).withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CallOptions options(Principal principal) {
    return CallOptions.DEFAULT.withCallCredentials(BearerToken.of(tokens.apply(principal)));
  }
}
