package dev.herald.gateway.identity;

import java.util.function.Supplier;

/**
 * Writes one-time sign-in links. They are made from the configured address, never from a request's
 * Host.
 */
public final class SignInLinks {
  private final Supplier<String> publicUrl;

  public SignInLinks(Supplier<String> publicUrl) {
    this.publicUrl = publicUrl;
  }

  String to(String token) {
    return publicUrl.get() + "/sign-in?token=" + token;
  }
}
