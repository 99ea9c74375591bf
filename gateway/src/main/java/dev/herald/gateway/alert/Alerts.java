package dev.herald.gateway.alert;

import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.billing.v1.UntoldWalletNotice;
import dev.herald.campaign.v1.UntoldNotice;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.gateway.api.Services;
import dev.herald.gateway.identity.Principal;
import dev.herald.gateway.subscription.EventLog;
import dev.herald.runtime.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Everything about alerting people, put together. */
public final class Alerts implements AutoCloseable {
  private static final Duration KEPT = Duration.ofDays(90);
  private static final Duration FIGURES_DEADLINE = Duration.ofSeconds(5);

  private final Duration summaryDelay;
  private final AlertStore alerts;
  private final Announcer announcer;
  private final Optional<Mailer> mailer;
  private final AlertRpc rpc;

  /**
   * What alerts are told to do.
   *
   * @param summaryDelay how long after its end a campaign is summed up
   * @param mail empty: no e-mail is sent
   */
  public record AlertConfig(Duration summaryDelay, Optional<MailSettings> mail) {
    public static AlertConfig from(Settings settings) {
      return new AlertConfig(
          settings.duration(
              "HERALD_ALERT_SUMMARY_DELAY",
              Duration.ofMinutes(10),
              "How long after a campaign is SENT its summary is told: most statuses come within"
                  + " minutes."),
          MailSettings.from(settings));
    }
  }

  /**
   * @param address where people reach the dashboard
   */
  public Alerts(
      AlertConfig config,
      Jdbi jdbi,
      EventLog events,
      Services services,
      Supplier<String> address,
      MeterRegistry metrics) {
    this.summaryDelay = config.summaryDelay();
    this.alerts = new AlertStore(jdbi);
    EmailStore emails = new EmailStore(jdbi);
    // Zero is a figure, too: whoever watches them need not know whether mail is on.
    List.of("sent", "failed").forEach(outcome -> Mailer.attempts(metrics, outcome));
    this.mailer =
        config
            .mail()
            .map(mail -> new Mailer(jdbi, alerts, emails, new Smtp(mail), address, metrics));
    this.announcer =
        new Announcer(
            jdbi,
            alerts,
            emails,
            events,
            (workspace, campaign) ->
                services
                    .call(
                        CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod(),
                        GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build(),
                        new Principal.Herald(workspace),
                        "alert-" + campaign,
                        FIGURES_DEADLINE)
                    .getAnalytics(),
            () -> mailer.ifPresent(Mailer::wake));
    this.rpc = new AlertRpc(jdbi, alerts, emails, mailer.isPresent(), announcer::wake);
  }

  /** Alerts people to what campaigns came to; told when the transaction has committed. */
  public void statusChanges(Handle tx, List<UntoldStatusChange> changes) {
    alerts.add(
        tx, changes.stream().flatMap(change -> Words.of(change, summaryDelay).stream()).toList());
  }

  /** Alerts people to what WhatsApp changed. */
  public void notices(Handle tx, List<UntoldNotice> notices) {
    alerts.add(tx, notices.stream().map(Words::of).toList());
  }

  /** Alerts people to the state of their wallet. */
  public void walletNotices(Handle tx, List<UntoldWalletNotice> notices) {
    alerts.add(tx, notices.stream().flatMap(notice -> Words.of(notice).stream()).toList());
  }

  /** Says that what was handed over is committed. */
  public void committed() {
    announcer.wake();
  }

  public AlertRpc rpc() {
    return rpc;
  }

  /** Forgets what is too old; called now and then. */
  public void sweep() {
    boolean more = true;
    for (int round = 0; more && round < 20; round++) {
      more = alerts.sweep(KEPT);
    }
  }

  @Override
  public void close() throws InterruptedException {
    announcer.close();
    if (mailer.isPresent()) {
      mailer.get().close();
    }
  }
}
