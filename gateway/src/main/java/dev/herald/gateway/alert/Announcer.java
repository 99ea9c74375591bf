package dev.herald.gateway.alert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.gateway.alert.EmailStore.Readers;
import dev.herald.gateway.subscription.Event;
import dev.herald.gateway.subscription.EventKind;
import dev.herald.gateway.subscription.EventLog;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.WorkLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Tells what is due: from then on it is in everybody's list, on its way to subscriptions and in the
 * post, all of it or, if the transaction fails, nothing yet.
 */
final class Announcer implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);
  private static final Duration UNTIL_FIGURES = Duration.ofSeconds(20);

  /** After so long a finished campaign is told of without figures. */
  private static final Duration LATEST = Duration.ofHours(1);

  private final Jdbi jdbi;
  private final AlertStore alerts;
  private final EmailStore emails;
  private final EventLog events;
  private final Figures figures;
  private final Runnable wakeMailer;
  private final WorkLoop loop;

  /** Looks up what became of a campaign. */
  interface Figures {
    /**
     * The figures as they stand.
     *
     * @throws HeraldException if they cannot be had just now, or never
     */
    CampaignAnalytics of(long workspace, long campaign);
  }

  Announcer(
      Jdbi jdbi,
      AlertStore alerts,
      EmailStore emails,
      EventLog events,
      Figures figures,
      Runnable wakeMailer) {
    this.jdbi = jdbi;
    this.alerts = alerts;
    this.emails = emails;
    this.events = events;
    this.figures = figures;
    this.wakeMailer = wakeMailer;
    this.loop = new WorkLoop("announcer", IDLE, CLOSE_WAIT, this::step);
  }

  /** Says that there is something to tell. */
  void wake() {
    loop.wake();
  }

  /** Tells one; true if there may be more. */
  private boolean step() {
    AtomicBoolean told = new AtomicBoolean();
    boolean found =
        jdbi.inTransaction(
            tx -> {
              Optional<Alert> due = alerts.claimDue(tx);
              due.ifPresent(alert -> told.set(tellOrPostpone(tx, alert)));
              return due.isPresent();
            });
    if (told.get()) {
      events.committed();
      wakeMailer.run();
    }
    return found;
  }

  /** True if it was told. */
  private boolean tellOrPostpone(Handle tx, Alert alert) {
    Optional<Alert> whole = complete(alert);
    if (whole.isPresent()) {
      tell(tx, whole.get());
    } else {
      alerts.postpone(tx, alert, UNTIL_FIGURES);
    }
    return whole.isPresent();
  }

  // Empty: the figures cannot be had yet.
  private Optional<Alert> complete(Alert alert) {
    if (alert.kind() != AlertKind.CAMPAIGN_FINISHED || alert.campaignId() == null) {
      return Optional.of(alert);
    }
    try {
      CampaignAnalytics found = figures.of(alert.workspaceId(), alert.campaignId());
      return Optional.of(alert.summedUp(Words.summary(found), found.toByteArray()));
    } catch (HeraldException e) {
      boolean tooLate = alert.eventTime().plus(LATEST).isBefore(Instant.now());
      return tooLate ? Optional.of(alert) : Optional.empty();
    }
  }

  private void tell(Handle tx, Alert alert) {
    long id = Ids.next();
    Alert told = alert.told(id);
    alerts.tell(tx, told);
    events.tell(tx, Set.of(told.workspaceId()), listening -> List.of(event(told, id)));
    Readers readers = emails.readers(tx, told.workspaceId());
    if (readers.want(told.kind())) {
      emails.queue(tx, told.workspaceId(), id, readers.emails(), Mailer.LIFETIME);
    }
  }

  private static Event event(Alert alert, long id) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("alertId", Long.toString(id))
            .put("kind", alert.kind().name())
            .put("severity", alert.severity().name())
            .put("title", alert.title())
            .put("text", alert.text());
    if (alert.campaignId() != null) {
      data.put("campaignId", Long.toString(alert.campaignId()));
    }
    return new Event(
        Event.idOf("alert", Long.toString(alert.workspaceId()), alert.source()),
        alert.workspaceId(),
        EventKind.ALERT_RAISED,
        alert.eventTime(),
        alert.campaignId(),
        data);
  }

  /** Finishes what it is telling. */
  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}
