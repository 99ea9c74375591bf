package dev.herald.gateway.alert;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.gateway.alert.EmailStore.Readers;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.v1.AlertSettings;
import dev.herald.gateway.v1.GetAlertSettingsRequest;
import dev.herald.gateway.v1.GetAlertSettingsResponse;
import dev.herald.gateway.v1.ListAlertsRequest;
import dev.herald.gateway.v1.ListAlertsResponse;
import dev.herald.gateway.v1.MarkAlertsSeenRequest;
import dev.herald.gateway.v1.MarkAlertsSeenResponse;
import dev.herald.gateway.v1.SendTestAlertRequest;
import dev.herald.gateway.v1.SendTestAlertResponse;
import dev.herald.gateway.v1.UpdateAlertSettingsRequest;
import dev.herald.gateway.v1.UpdateAlertSettingsResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Translates between the contract of AlertService and the stores. */
public final class AlertRpc {
  private static final String ALERTS = "alerts.1";
  private static final Duration TESTS_WITHIN = Duration.ofHours(1);
  private static final int MOST_TESTS = 30;

  private final Jdbi jdbi;
  private final AlertStore alerts;
  private final EmailStore emails;
  private final boolean emailConfigured;
  private final Runnable wakeAnnouncer;

  AlertRpc(
      Jdbi jdbi,
      AlertStore alerts,
      EmailStore emails,
      boolean emailConfigured,
      Runnable wakeAnnouncer) {
    this.jdbi = jdbi;
    this.alerts = alerts;
    this.emails = emails;
    this.emailConfigured = emailConfigured;
    this.wakeAnnouncer = wakeAnnouncer;
  }

  public ListAlertsResponse list(Actor actor, ListAlertsRequest request) {
    int size = PageSize.of(request.getPageSize());
    long before = PageToken.number(ALERTS, request.getPageToken(), Long.MAX_VALUE);
    List<Alert> found = alerts.list(actor.workspace(), before, size + 1);
    ListAlertsResponse.Builder page =
        ListAlertsResponse.newBuilder()
            .setUnseen(alerts.unseen(actor.workspace(), actor.principal().subject()));
    found.stream().limit(size).forEach(alert -> page.addAlerts(alert(alert)));
    if (found.size() > size) {
      long last = page.getAlerts(size - 1).getId();
      page.setNextPageToken(PageToken.write(ALERTS).number(last).token());
    }
    return page.build();
  }

  public MarkAlertsSeenResponse seen(Actor actor, MarkAlertsSeenRequest request) {
    // What will have an id of the future has not been seen.
    long newest = Math.min(request.getAlertId(), Ids.next());
    alerts.seen(actor.workspace(), actor.principal().subject(), newest);
    return MarkAlertsSeenResponse.getDefaultInstance();
  }

  public GetAlertSettingsResponse settings(Actor actor, GetAlertSettingsRequest request) {
    return GetAlertSettingsResponse.newBuilder().setSettings(settings(actor.workspace())).build();
  }

  public UpdateAlertSettingsResponse update(Actor actor, UpdateAlertSettingsRequest request) {
    if (!emailConfigured && request.getEmailsCount() > 0) {
      throw HeraldException.precondition(
          "EMAIL_NOT_CONFIGURED",
          "This installation has no mail server. Whoever runs it can set HERALD_SMTP_HOST.");
    }
    request.getEmailsList().forEach(AlertRpc::requireAddress);
    emails.put(
        actor.workspace(),
        new Readers(
            request.getEmailsList(),
            request.getKindsList().stream().map(kind -> AlertKind.valueOf(kind.name())).toList()));
    return UpdateAlertSettingsResponse.newBuilder()
        .setSettings(settings(actor.workspace()))
        .build();
  }

  public SendTestAlertResponse test(Actor actor, SendTestAlertRequest request) {
    Instant now = Instant.now();
    News news =
        new News(
            actor.workspace(),
            "test/" + Ids.next(),
            AlertKind.TEST,
            Severity.INFO,
            "This is a test",
            "Asked for by " + actor.principal().subject() + ". Alerts reach you this way.",
            null,
            now,
            Duration.ZERO);
    jdbi.useTransaction(
        tx -> {
          if (alerts.recentTests(tx, actor.workspace(), TESTS_WITHIN) >= MOST_TESTS) {
            throw HeraldException.exhausted(
                "TOO_MANY_TEST_ALERTS",
                "%d tests within an hour are enough. Try again later.".formatted(MOST_TESTS),
                Duration.ofMinutes(10));
          }
          alerts.add(tx, List.of(news));
        });
    wakeAnnouncer.run();
    return SendTestAlertResponse.newBuilder()
        .setAlert(
            dev.herald.gateway.v1.Alert.newBuilder()
                .setKind(dev.herald.gateway.v1.Alert.Kind.TEST)
                .setSeverity(dev.herald.gateway.v1.Alert.Severity.INFO)
                .setTitle(news.title())
                .setText(news.text())
                .setTime(timestamp(now)))
        .build();
  }

  private AlertSettings settings(long workspace) {
    Readers readers = jdbi.withHandle(handle -> emails.readers(handle, workspace));
    AlertSettings.Builder settings =
        AlertSettings.newBuilder()
            .addAllEmails(readers.emails())
            .setEmailConfigured(emailConfigured);
    readers
        .kinds()
        .forEach(kind -> settings.addKinds(dev.herald.gateway.v1.Alert.Kind.valueOf(kind.name())));
    emails
        .lastFailure(workspace)
        .ifPresent(
            failure ->
                settings
                    .setLastEmailError(failure.error())
                    .setLastEmailErrorTime(timestamp(failure.time())));
    return settings.build();
  }

  private static void requireAddress(String text) {
    try {
      InternetAddress address = new InternetAddress(text, true);
      address.validate();
      if (address.getAddress().equals(text) && text.indexOf('@') > 0) {
        return;
      }
    } catch (AddressException e) {
      // Said below.
    }
    throw HeraldException.invalid(
        "emails", "EMAIL_INVALID", "“" + text + "” is not an e-mail address.");
  }

  private static dev.herald.gateway.v1.Alert alert(Alert row) {
    dev.herald.gateway.v1.Alert.Builder alert =
        dev.herald.gateway.v1.Alert.newBuilder()
            .setId(row.id() == null ? 0 : row.id())
            .setKind(dev.herald.gateway.v1.Alert.Kind.valueOf(row.kind().name()))
            .setSeverity(dev.herald.gateway.v1.Alert.Severity.valueOf(row.severity().name()))
            .setTitle(row.title())
            .setText(row.text())
            .setTime(timestamp(row.eventTime()));
    if (row.campaignId() != null) {
      alert.setCampaignId(row.campaignId());
    }
    if (row.figures() != null) {
      try {
        alert.setFigures(CampaignAnalytics.parseFrom(row.figures()));
      } catch (InvalidProtocolBufferException e) {
        throw HeraldException.internal("Stored figures cannot be read", e);
      }
    }
    return alert.build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }
}
