package dev.herald.gateway.webhook;

import dev.herald.gateway.testing.Broker;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where the webhooks of a test's gateway are logged. What holds must hold in both. */
enum LoggedIn {
  POSTGRESQL,
  KAFKA;

  /** A gateway with this log. */
  TestGateway start(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    if (this == KAFKA) {
      settings.put(KafkaSettings.SETTING, Broker.freshTopic());
      settings.put("HERALD_KAFKA_PARTITIONS", "3");
    }
    return TestGateway.start(settings);
  }

  /** How many webhooks are not applied. */
  static long pending(TestGateway herald) {
    return count(herald, "webhook_pending") + inTopic(herald, false);
  }

  /** How many webhooks were ever logged. */
  static long logged(TestGateway herald) {
    return count(herald, "webhook_log") + inTopic(herald, true);
  }

  static Optional<KafkaSettings> settings(TestGateway herald) {
    return KafkaSettings.from(Settings.of(herald.settings()));
  }

  private static long inTopic(TestGateway herald, boolean withApplied) {
    Optional<KafkaSettings> kafka = settings(herald);
    if (kafka.isEmpty()) {
      return 0;
    }
    KafkaTopic topic = KafkaTopic.ready(kafka.get(), Duration.ofDays(10));
    // Of a topic without positions nothing is applied.
    KafkaPositions positions =
        new KafkaPositions(herald.jdbi(), withApplied ? "no such topic" : topic.id());
    try (KafkaBacklog backlog = new KafkaBacklog(kafka.get(), topic, positions)) {
      return backlog.measure().records();
    }
  }

  private static long count(TestGateway herald, String table) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select count(*) from gateway." + table)
                    .mapTo(Long.class)
                    .one());
  }
}
