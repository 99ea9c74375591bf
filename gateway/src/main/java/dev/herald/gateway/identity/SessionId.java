package dev.herald.gateway.identity;

import dev.herald.gateway.security.Hashes;

/** What a session cookie holds. Only its hash is stored. */
public record SessionId(String value) {
  static SessionId random() {
    return new SessionId(Hashes.randomSecret());
  }

  byte[] hash() {
    return Hashes.sha256(value);
  }

  @Override
  public String toString() {
    return "session";
  }
}
