package dev.herald.gateway.webhook;

import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Kafka topic as the webhook log.
 *
 * @param brokers where to find the cluster: host:port, several separated by commas
 * @param partitions of the topic, when it is made
 * @param replicas of each, when the topic is made; 0: as the brokers have it
 * @param client settings of the clients, such as how to sign in
 */
public record KafkaSettings(
    String brokers, String topic, int partitions, int replicas, Map<String, String> client) {
  static final String SETTING = "HERALD_WEBHOOK_LOG";

  private static final String DATABASE = "postgresql";
  // As many as there are places for a partition in a webhook's id.
  private static final int MOST_PARTITIONS = 4096;
  private static final Pattern FORM =
      Pattern.compile(
          "kafka:(?<brokers>[^/,\\s]+:\\d{1,5}(?:,[^/,\\s]+:\\d{1,5})*)/(?<topic>[A-Za-z0-9._-]{1,249})");

  /** Empty if webhooks are logged in the database. */
  public static Optional<KafkaSettings> from(Settings settings) {
    String where =
        settings.string(
            SETTING,
            DATABASE,
            "Where webhooks are logged: postgresql, or kafka:HOST:PORT[,HOST:PORT]/TOPIC.");
    int partitions =
        settings.integer(
            "HERALD_KAFKA_PARTITIONS",
            12,
            1,
            MOST_PARTITIONS,
            "Partitions of the topic, if Herald makes it; so many appliers can share the work.");
    int replicas =
        settings.integer(
            "HERALD_KAFKA_REPLICAS",
            0,
            0,
            100,
            "Copies of each partition, if Herald makes the topic; 0: as the brokers have it.");
    Optional<Path> client =
        settings.file(
            "HERALD_KAFKA_CLIENT_PROPERTIES",
            "File of settings for Kafka's clients, such as security.protocol and"
                + " sasl.jaas.config.");
    if (where.equals(DATABASE)) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(where);
    if (!matcher.matches()) {
      throw new SettingException(
          SETTING + " must be postgresql or kafka:HOST:PORT[,HOST:PORT]/TOPIC: " + where);
    }
    return Optional.of(
        new KafkaSettings(
            matcher.group("brokers"),
            matcher.group("topic"),
            partitions,
            replicas,
            client.map(KafkaSettings::read).orElse(Map.of())));
  }

  /** The settings of a client: the operator's, then those that Herald's promises rest on. */
  Map<String, Object> with(Map<String, Object> own) {
    Map<String, Object> all = new HashMap<>(client);
    all.put("bootstrap.servers", brokers);
    all.put("client.id", "herald-gateway");
    all.putAll(own);
    return all;
  }

  /** The consumers of all gateways together. */
  String group() {
    return "herald-gateway-" + topic;
  }

  private static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingException("HERALD_KAFKA_CLIENT_PROPERTIES cannot be read: " + file);
    }
    Map<String, String> values = new HashMap<>();
    properties.stringPropertyNames().forEach(it -> values.put(it, properties.getProperty(it)));
    return values;
  }

  @Override
  public String toString() {
    return "kafka:" + brokers + "/" + topic;
  }
}
