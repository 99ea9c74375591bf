package dev.herald.runtime.access;

import dev.herald.runtime.HeraldException;
import io.grpc.Context;

/**
 * Who makes the current call, as proven by its token.
 *
 * @param workspace the one workspace the call may touch; 0 in a service's token, and then not to be
 *     asked for
 * @param role what the caller may do
 * @param subject user, API key or service, for logs and histories
 */
public record Caller(long workspace, Role role, String subject) {
  private static final Context.Key<Caller> KEY = Context.key("herald-caller");

  public Caller {
    if ((role == Role.SERVICE) != (workspace == 0) || workspace < 0) {
      throw new IllegalArgumentException("A service has no workspace, everybody else has one.");
    }
  }

  /** Another part of Herald. */
  public static Caller service(String name) {
    return new Caller(0, Role.SERVICE, name);
  }

  /** The caller of the call this thread works for. */
  public static Caller current() {
    return of(Context.current());
  }

  /** The caller of the call that has this context. */
  public static Caller of(Context context) {
    Caller caller = KEY.get(context);
    if (caller == null) {
      throw HeraldException.unauthenticated("TOKEN_MISSING", "The call carries no token.");
    }
    return caller;
  }

  /**
   * The workspace of a person's or API key's token; asking a service for one is a programming
   * error.
   */
  @Override
  public long workspace() {
    if (role == Role.SERVICE) {
      throw new IllegalStateException("A service's token names no workspace; the request does.");
    }
    return workspace;
  }

  /** A context in which {@link #current()} is this caller. */
  public Context in(Context parent) {
    return parent.withValue(KEY, this);
  }
}
