package dev.herald.gateway.alert;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * The mail server that alerts go through.
 *
 * @param user empty: none is needed
 * @param from the sender people see
 */
public record MailSettings(
    String host, int port, Security security, String user, Secret password, String from) {
  private static final int SUBMISSION = 587;

  /** How the connection is protected. */
  public enum Security {
    /** Begins in the open and must turn to TLS before anything is said. */
    STARTTLS,
    /** TLS from the first byte. */
    TLS,
    /** Not at all: for a server on this machine. */
    NONE
  }

  /** Empty without HERALD_SMTP_HOST: no e-mail is sent. */
  public static Optional<MailSettings> from(Settings settings) {
    String host =
        settings.string(
            "HERALD_SMTP_HOST", "", "Mail server that alerts are sent by; empty: no e-mail.");
    int port = settings.integer("HERALD_SMTP_PORT", SUBMISSION, 1, 65_535, "Its port.");
    String security =
        settings.string(
            "HERALD_SMTP_SECURITY", "STARTTLS", "How it is spoken to: STARTTLS, TLS or NONE.");
    String user = settings.string("HERALD_SMTP_USER", "", "User name there; empty: none.");
    Secret password = settings.secretOr("HERALD_SMTP_PASSWORD", "", "Password there.");
    String from =
        settings.string(
            "HERALD_SMTP_FROM", "", "Sender of alerts, e.g. Herald <herald@example.com>.");
    if (host.isEmpty()) {
      return Optional.empty();
    }
    try {
      new InternetAddress(from, true).validate();
    } catch (AddressException e) {
      throw new SettingException(
          "HERALD_SMTP_FROM must be an e-mail address when HERALD_SMTP_HOST is set.");
    }
    return Optional.of(new MailSettings(host, port, security(security), user, password, from));
  }

  private static Security security(String word) {
    try {
      return Security.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new SettingException("HERALD_SMTP_SECURITY must be STARTTLS, TLS or NONE: " + word);
    }
  }
}
