package dev.herald.runtime.access;

import io.grpc.Context;

/** Finds out who makes a call. */
@FunctionalInterface
public interface Authentication {

  /**
   * The context in which {@link Caller#current()} is who the bearer proves to be.
   *
   * @param bearer the credentials themselves, without the word Bearer
   * @param address network address of the client
   * @throws dev.herald.runtime.HeraldException UNAUTHENTICATED
   */
  Context authenticate(String bearer, String address, Context parent);
}
