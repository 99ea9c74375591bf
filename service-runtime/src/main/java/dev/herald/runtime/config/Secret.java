package dev.herald.runtime.config;

import java.nio.charset.StandardCharsets;

/** A value that must not reach a log, an error message or a thread dump's toString. */
public record Secret(String value) {

  /** The secret's UTF-8 bytes, as keys of a MAC are made from them. */
  public byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  /** This secret, or an error naming it if it is shorter than a key must be. */
  public Secret atLeastBytes(int minimum, String name) {
    if (bytes().length < minimum) {
      throw new SettingException(
          name
              + " must be at least "
              + minimum
              + " bytes long; make one with: openssl rand -hex 32");
    }
    return this;
  }

  @Override
  public String toString() {
    return "••••";
  }
}
