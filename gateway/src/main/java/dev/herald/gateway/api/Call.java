package dev.herald.gateway.api;

import com.google.protobuf.Message;
import dev.herald.gateway.identity.Actor;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/** One request of a known caller, and how it calls further services on the caller's behalf. */
public record Call(Services services, Actor actor) {
  // Pausing waits up to 20 seconds for what is in flight; nothing else takes as long.
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Calls a service as the actor and waits for the answer. */
  public <Q extends Message, A extends Message> A call(MethodDescriptor<Q, A> method, Q request) {
    return services.call(method, request, actor.principal(), actor.requestId(), DEADLINE);
  }
}
