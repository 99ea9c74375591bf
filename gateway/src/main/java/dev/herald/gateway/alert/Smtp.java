package dev.herald.gateway.alert;

import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** Hands messages to the mail server, one at a time, each within a deadline. */
final class Smtp {
  private static final String CONNECT_MILLIS = "10000";
  private static final String ANSWER_MILLIS = "20000";
  private static final int PERMANENT = 500;

  private final MailSettings settings;
  private final Session session;

  Smtp(MailSettings settings) {
    this.settings = settings;
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.host", settings.host());
    properties.setProperty("mail.smtp.port", Integer.toString(settings.port()));
    properties.setProperty("mail.smtp.connectiontimeout", CONNECT_MILLIS);
    properties.setProperty("mail.smtp.timeout", ANSWER_MILLIS);
    properties.setProperty("mail.smtp.writetimeout", ANSWER_MILLIS);
    properties.setProperty("mail.smtp.auth", Boolean.toString(!settings.user().isEmpty()));
    switch (settings.security()) {
      case STARTTLS -> {
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", "true");
      }
      case TLS -> properties.setProperty("mail.smtp.ssl.enable", "true");
      case NONE -> {}
    }
    if (settings.security() != MailSettings.Security.NONE) {
      properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    }
    this.session = Session.getInstance(properties);
  }

  /**
   * Returns when the server has taken the message.
   *
   * @throws MessagingException if it has not, or may not have
   */
  void send(String messageId, String to, String subject, String text, Instant date)
      throws MessagingException {
    MimeMessage message = new NamedMessage(session, messageId);
    message.setFrom(new InternetAddress(settings.from(), true));
    message.setRecipient(MimeMessage.RecipientType.TO, new InternetAddress(to, true));
    message.setSubject(subject, StandardCharsets.UTF_8.name());
    message.setText(text, StandardCharsets.UTF_8.name());
    message.setSentDate(Date.from(date));
    message.setHeader("Auto-Submitted", "auto-generated");
    message.saveChanges();
    try (Transport transport = session.getTransport("smtp")) {
      if (settings.user().isEmpty()) {
        transport.connect();
      } else {
        transport.connect(settings.user(), settings.password().value());
      }
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  /** True if the server has said that it will never take this message. */
  static boolean isPermanent(MessagingException failure) {
    for (Exception e = failure; e instanceof MessagingException one; e = one.getNextException()) {
      int code =
          switch (one) {
            case SMTPSendFailedException refused -> refused.getReturnCode();
            case SMTPAddressFailedException refused -> refused.getReturnCode();
            default -> 0;
          };
      if (code >= PERMANENT) {
        return true;
      }
    }
    return false;
  }

  /** What went wrong, in the words of whoever found out last. */
  static String words(MessagingException failure) {
    Exception last = failure;
    while (last instanceof MessagingException one && one.getNextException() != null) {
      last = one.getNextException();
    }
    String said = last instanceof SendFailedException ? last.getMessage() : last.toString();
    return String.valueOf(said).replaceAll("\\p{Cntrl}+", " ").strip();
  }

  // One that is sent again after a doubtful end has the same id, so that mailboxes know it.
  private static final class NamedMessage extends MimeMessage {
    private final String id;

    NamedMessage(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}
