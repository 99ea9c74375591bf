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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;

/** Everything about WhatsApp's webhooks, put together. */
public final class Webhooks implements AutoCloseable {
  private final WebhookSettings settings;
  private final PostgresWebhookLog database;
  private final Optional<Kafka> kafka;
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
   * @param kafka where webhooks are logged; empty: in our own database
   */
  public record WebhookSettings(
      List<Secret> appSecrets,
      Secret verifyToken,
      Duration retention,
      long mostPending,
      int workers,
      Duration lease,
      Optional<KafkaSettings> kafka) {}

  /** The log in Kafka and who applies it. */
  private record Kafka(KafkaWebhookLog log, KafkaApplier applier) {}

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
    this.database = new PostgresWebhookLog(jdbi);
    this.quarantine = new QuarantineStore(jdbi);
    this.secrets = new ChannelSecrets(jdbi, serviceSecret, campaign);
    database.maintainPartitions(settings.retention());
    Application application =
        new Application(
            jdbi,
            quarantine,
            new Interpreter(new ChannelDirectory(campaign), secrets, keys, metrics),
            new Deliveries(analytics, campaign),
            events,
            metrics);
    Optional<KafkaTopic> topic =
        settings.kafka().map(kafka -> KafkaTopic.ready(kafka, settings.retention()));
    this.applier =
        new Applier(database, quarantine, application, settings.workers(), settings.lease());
    this.kafka = topic.map(found -> kafka(settings, found, jdbi, application));
    this.intake =
        new WebhookIntake(
            settings.appSecrets(),
            settings.verifyToken(),
            secrets,
            kafka.<WebhookLog>map(Kafka::log).orElse(database),
            () -> pending.get() >= settings.mostPending(),
            applier::wake,
            metrics);
    this.rpc = new QuarantineRpc(quarantine, database, workspaces, applier::wake);
    Gauge.builder("herald.webhook.pending", pending, AtomicLong::get).register(metrics);
    Gauge.builder("herald.webhook.lag.seconds", lagMillis, lag -> lag.get() / 1000.0)
        .register(metrics);
  }

  private Kafka kafka(
      WebhookSettings settings, KafkaTopic topic, Jdbi jdbi, Application application) {
    KafkaSettings kafka = settings.kafka().orElseThrow();
    KafkaPositions positions = new KafkaPositions(jdbi, topic.id());
    KafkaWebhookLog log = new KafkaWebhookLog(kafka, topic, positions);
    return new Kafka(
        log,
        new KafkaApplier(
            kafka,
            topic,
            log,
            positions,
            database,
            jdbi,
            application,
            applier::wake,
            settings.workers()));
  }

  public void register(RoutesConfig routes) {
    intake.register(routes);
  }

  public QuarantineRpc quarantine() {
    return rpc;
  }

  /** Looks how much waits; called every few seconds. */
  public void measure() {
    long waiting = database.pending(settings.mostPending());
    Duration lag = database.lag();
    if (kafka.isPresent()) {
      KafkaWebhookLog log = kafka.get().log();
      waiting += log.pending(settings.mostPending());
      lag = lag.compareTo(log.lag()) > 0 ? lag : log.lag();
    }
    pending.set(waiting);
    lagMillis.set(lag.toMillis());
  }

  /** Renews the secrets of channels; called every half minute. */
  public void refresh() {
    secrets.refresh();
  }

  /** Makes and drops partitions; called every hour. */
  public void maintain() {
    database.maintainPartitions(settings.retention());
    quarantine.sweep(Instant.now().minus(settings.retention()));
  }

  /** Stops taking webhooks in, then finishes what is being applied. */
  @Override
  public void close() throws InterruptedException {
    intake.close();
    if (kafka.isPresent()) {
      kafka.get().applier().close();
      kafka.get().log().close();
    }
    applier.close();
  }
}
