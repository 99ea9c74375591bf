package dev.herald.simulator.scenario;

import java.util.Locale;

/**
 * What WhatsApp charges for: a template's category, or SERVICE for anything that is not a template.
 */
public enum MessageKind {
  MARKETING,
  UTILITY,
  AUTHENTICATION,
  SERVICE;

  private static final MessageKind[] VALUES = values();

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean isTemplate() {
    return this != SERVICE;
  }

  /** Its place in compact tables; never stored. */
  @SuppressWarnings("EnumOrdinal")
  public int code() {
    return ordinal();
  }

  public static MessageKind at(int code) {
    return VALUES[code];
  }
}
