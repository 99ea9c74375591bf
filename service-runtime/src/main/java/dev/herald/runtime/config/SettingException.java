package dev.herald.runtime.config;

/** A setting is missing or cannot be used; the message names it and says what is expected. */
public final class SettingException extends RuntimeException {

  public SettingException(String message) {
    super(message);
  }
}
