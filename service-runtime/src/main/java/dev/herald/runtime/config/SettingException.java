package dev.herald.runtime.config;

import dev.herald.runtime.process.StartException;

/** A setting is missing or cannot be used; the message names it and says what is expected. */
public final class SettingException extends StartException {
  private static final long serialVersionUID = 1L;

  public SettingException(String message) {
    super(message);
  }
}
