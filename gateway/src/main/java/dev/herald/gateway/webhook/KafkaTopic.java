package dev.herald.gateway.webhook;

import dev.herald.runtime.process.StartException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic that webhooks are logged in.
 *
 * @param id tells it from one of the same name that was there before
 */
record KafkaTopic(String name, String id, int partitions) {
  /** Room for the largest webhook and what Kafka puts around it. */
  static final int MOST_RECORD_BYTES = WebhookIntake.MAX_BODY + 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(KafkaTopic.class);
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final int SAFE_REPLICAS = 3;

  /** Makes the topic if it is not there, and looks whether it can hold webhooks. */
  static KafkaTopic ready(KafkaSettings settings, Duration retention) {
    try (Admin admin =
        Admin.create(
            settings.with(
                Map.of(
                    "default.api.timeout.ms",
                    (int) DEADLINE.toMillis(),
                    "request.timeout.ms",
                    10_000)))) {
      TopicDescription found = find(admin, settings.topic());
      if (found == null) {
        make(admin, settings, retention);
        found = await(admin, settings.topic());
      }
      check(admin, settings.topic());
      return new KafkaTopic(
          settings.topic(), found.topicId().toString(), found.partitions().size());
    }
  }

  // A topic that has been made is known to every broker only a moment later.
  private static TopicDescription await(Admin admin, String topic) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      TopicDescription found = find(admin, topic);
      if (found != null) {
        return found;
      }
      if (System.nanoTime() - end > 0) {
        throw new StartException("Kafka has not made the topic " + topic + " yet.");
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private static @Nullable TopicDescription find(Admin admin, String topic) {
    try {
      return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    } catch (UnknownTopicOrPartitionException e) {
      return null;
    }
  }

  private static void make(Admin admin, KafkaSettings settings, Duration retention) {
    Map<String, String> configs = new HashMap<>();
    configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MOST_RECORD_BYTES));
    if (settings.replicas() >= SAFE_REPLICAS) {
      // What is acknowledged stands on two brokers at least.
      configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
    }
    Optional<Short> replicas =
        settings.replicas() == 0 ? Optional.empty() : Optional.of((short) settings.replicas());
    NewTopic topic =
        new NewTopic(settings.topic(), Optional.of(settings.partitions()), replicas)
            .configs(configs);
    try {
      get(admin.createTopics(Set.of(topic)).all());
      log.info("Topic made topic={} partitions={}", settings.topic(), settings.partitions());
    } catch (TopicExistsException e) {
      log.info("Another gateway has made the topic topic={}", settings.topic());
    }
  }

  private static void check(Admin admin, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var configs = get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
    if (configs == null) {
      return;
    }
    long most = Long.parseLong(configs.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    if (most < MOST_RECORD_BYTES) {
      throw new StartException(
          "The topic %s takes records of %d bytes at most, and a webhook may have %d: set its %s."
              .formatted(topic, most, MOST_RECORD_BYTES, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
    }
    String cleanup = configs.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (!cleanup.equals(TopicConfig.CLEANUP_POLICY_DELETE)) {
      throw new StartException(
          "The topic %s would drop webhooks before their time: set its %s to %s."
              .formatted(
                  topic, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE));
    }
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException
          || e.getCause() instanceof TopicExistsException) {
        throw (RuntimeException) e.getCause();
      }
      throw unavailable(e.getCause());
    } catch (TimeoutException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    }
  }

  private static StartException unavailable(@Nullable Throwable cause) {
    return new StartException("Kafka does not answer: " + cause);
  }
}
