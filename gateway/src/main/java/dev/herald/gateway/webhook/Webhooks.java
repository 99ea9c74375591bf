package dev.herald.gateway.webhook;

import dev.herald.gateway.identity.WorkspaceStore;
import dev.herald.gateway.subscription.EventLog;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import io.grpc.Channel;
import io.javalin.config.RoutesConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;

/** Everything about WhatsApp's webhooks, put together. */
public final class Webhooks implements AutoCloseable {
  private final WebhookSettings settings;
  private final WebhookLog log;
  private final QuarantineStore quarantine;
  private final ChannelSecrets secrets;
  private final Applier applier;
  private final WebhookIntake intake;
  private final QuarantineRpc rpc;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong lagMillis = new AtomicLong();

  /**
   * What the operator decides.
   *
   * @param appSecrets secrets of the operator's app; the first is the current one
   * @param verifyToken for the handshake of the operator's app
   * @param retention how long bodies are kept; must exceed the seven days for which Meta retries
   * @param mostPending so many bodies may wait to be applied before more are turned away
   * @param workers appliers in this process
   * @param lease how long a batch stays with an applier that has fallen silent
   */
  public record WebhookSettings(
      List<Secret> appSecrets,
      Secret verifyToken,
      Duration retention,
      long mostPending,
      int workers,
      Duration lease) {}

  /** The channels must carry this service's own token. */
  public Webhooks(
      WebhookSettings settings,
      Jdbi jdbi,
      Secret serviceSecret,
      MessageKeyCodec keys,
      WorkspaceStore workspaces,
      Channel analytics,
      Channel campaign,
      EventLog events,
      MeterRegistry metrics) {
    this.settings = settings;
    this.log = new WebhookLog(jdbi);
    this.quarantine = new QuarantineStore(jdbi);
    this.secrets = new ChannelSecrets(jdbi, serviceSecret, campaign);
    log.maintainPartitions(settings.retention());
    this.applier =
        new Applier(
            jdbi,
            log,
            quarantine,
            new Interpreter(new ChannelDirectory(campaign), secrets, keys, metrics),
            new Deliveries(analytics, campaign),
            events,
            settings.workers(),
            settings.lease(),
            metrics);
    this.intake =
        new WebhookIntake(
            settings.appSecrets(),
            settings.verifyToken(),
            secrets,
            log,
            () -> pending.get() >= settings.mostPending(),
            applier::wake,
            metrics);
    this.rpc = new QuarantineRpc(quarantine, log, workspaces, applier::wake);
    Gauge.builder("herald.webhook.pending", pending, AtomicLong::get).register(metrics);
    Gauge.builder("herald.webhook.lag.seconds", lagMillis, lag -> lag.get() / 1000.0)
        .register(metrics);
  }

  public void register(RoutesConfig routes) {
    intake.register(routes);
  }

  public QuarantineRpc quarantine() {
    return rpc;
  }

  /** Looks how much waits; called every few seconds. */
  public void measure() {
    pending.set(log.pending(settings.mostPending()));
    lagMillis.set(log.lag().toMillis());
  }

  /** Renews the secrets of channels; called every half minute. */
  public void refresh() {
    secrets.refresh();
  }

  /** Makes and drops partitions; called every hour. */
  public void maintain() {
    log.maintainPartitions(settings.retention());
    quarantine.sweep(Instant.now().minus(settings.retention()));
  }

  /** Stops taking webhooks in, then finishes what is being applied. */
  @Override
  public void close() throws InterruptedException {
    intake.close();
    applier.close();
  }
}
