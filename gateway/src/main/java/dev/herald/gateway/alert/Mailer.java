package dev.herald.gateway.alert;

import dev.herald.gateway.alert.EmailStore.Email;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.WorkLoop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends alerts by e-mail. Any number of gateways may; a message comes twice only if one dies, or
 * the server's answer is lost, after the server has taken it.
 */
final class Mailer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Mailer.class);

  /** So long a message is tried. */
  static final Duration LIFETIME = Duration.ofHours(24);

  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(30);
  private static final Backoff ATTEMPTS = new Backoff(Duration.ofSeconds(10), Duration.ofHours(1));
  private static final int MAX_ERROR = 400;

  private final Jdbi jdbi;
  private final AlertStore alerts;
  private final EmailStore emails;
  private final Smtp smtp;
  private final Supplier<String> address;
  private final Counter sent;
  private final Counter failed;
  private final WorkLoop loop;

  /**
   * @param address where people reach the dashboard
   */
  Mailer(
      Jdbi jdbi,
      AlertStore alerts,
      EmailStore emails,
      Smtp smtp,
      Supplier<String> address,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.alerts = alerts;
    this.emails = emails;
    this.smtp = smtp;
    this.address = address;
    this.sent = attempts(metrics, "sent");
    this.failed = attempts(metrics, "failed");
    this.loop = new WorkLoop("mailer", IDLE, CLOSE_WAIT, this::step);
  }

  /** Counts attempts that ended so. */
  static Counter attempts(MeterRegistry metrics, String outcome) {
    return metrics.counter("herald.alert.emails", "outcome", outcome);
  }

  /** Says that there is something to send. */
  void wake() {
    loop.wake();
  }

  /** Sends one, so that an end is waited for no longer than that; true if there may be more. */
  private boolean step() {
    List<Email> due = emails.claim(1, LEASE);
    due.forEach(this::send);
    return !due.isEmpty();
  }

  private void send(Email email) {
    Optional<Alert> found =
        jdbi.withHandle(handle -> alerts.find(handle, email.workspaceId(), email.alertId()));
    if (found.isEmpty()) {
      return; // Swept meanwhile, and the message with it.
    }
    Alert alert = found.get();
    try {
      smtp.send(
          "<alert-"
              + email.alertId()
              + "-"
              + Integer.toUnsignedString(email.address().hashCode(), 36)
              + "@herald>",
          email.address(),
          subject(alert),
          body(alert),
          alert.eventTime());
      emails.sent(email);
      sent.increment();
    } catch (MessagingException e) {
      failed.increment();
      String error = Smtp.words(e);
      log.warn("An alert could not be sent by e-mail alert={} error={}", email.alertId(), error);
      emails.failed(
          email,
          Smtp.isPermanent(e),
          ATTEMPTS.after(email.attempts()),
          error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR));
    }
  }

  private static String subject(Alert alert) {
    return "[Herald] " + alert.title();
  }

  private String body(Alert alert) {
    String page = alert.campaignId() == null ? "/alerts" : "/campaigns/" + alert.campaignId();
    return alert.title() + "\n\n" + alert.text() + "\n\n" + address.get() + page + "\n";
  }

  /** Finishes what is on its way. */
  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}
