package dev.herald.gateway.webhook;

import static dev.herald.gateway.testing.WhatsApp.status;
import static dev.herald.gateway.testing.WhatsApp.statuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.Gateway;
import dev.herald.gateway.GatewayConfig;
import dev.herald.gateway.testing.Broker;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.gateway.webhook.KafkaPositions.Position;
import dev.herald.kafka.KafkaBroker;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.process.StartException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is Kafka's own about the webhook log: brokers and appliers that go and come back. */
class KafkaLogTest {
  private static final String NUMBER = "106540352242922";
  private static final long SECONDS = 1_790_000_000;

  private TestGateway herald;

  @BeforeEach
  void start() {
    herald = LoggedIn.KAFKA.start(Map.of());
    knowTheNumber();
  }

  @AfterEach
  void stop() {
    herald.close();
  }

  @Test
  void aRecordIsTheBodyAsSentWithItsSignatureAndItsAddress() {
    String body = statuses(NUMBER, status("sent", key(1), SECONDS)) + "  \n";
    WhatsApp.post(herald, body);
    await().until(() -> LoggedIn.pending(herald) == 0);

    ConsumerRecord<byte[], byte[]> record = records().getFirst();
    assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo(body);
    Map<String, String> headers = new HashMap<>();
    record
        .headers()
        .forEach(it -> headers.put(it.key(), new String(it.value(), StandardCharsets.US_ASCII)));
    assertThat(headers)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "channel-id",
                "0",
                "signature",
                WhatsApp.sign(body.getBytes(StandardCharsets.UTF_8), TestGateway.APP_SECRET)));
    assertThat(record.key()).isNull();
    assertThat(rows("webhook_log")).isZero();
  }

  @Test
  void nothingIsAcknowledgedThatTheBrokerHasNotAndNothingAcknowledgedIsLost() {
    try (KafkaBroker broker = Broker.start();
        TestGateway own =
            TestGateway.start(
                Map.of(KafkaSettings.SETTING, "kafka:" + broker.address() + "/webhooks"))) {
      swap(own);
      Set<Integer> acknowledged = new TreeSet<>();
      for (int i = 0; i < 20; i++) {
        assertThat(post(i)).isEqualTo(200);
        acknowledged.add(i);
      }

      broker.kill();
      assertThat(post(100)).isEqualTo(503);
      broker.start();

      await().until(() -> post(200) == 200);
      acknowledged.add(200);
      await().until(() -> ordinals().containsAll(acknowledged));
      await().until(() -> LoggedIn.pending(own) == 0);
    }
  }

  @Test
  void appliersOfSeveralGatewaysShareTheWorkAndTakeItOverFromEachOther() {
    Set<Integer> sent = new TreeSet<>();
    for (int round = 0; round < 3; round++) {
      Gateway second = Gateway.start(GatewayConfig.from(Settings.of(herald.settings())));
      try {
        for (int i = 0; i < 30; i++) {
          int ordinal = round * 100 + i;
          assertThat(post(ordinal)).isEqualTo(200);
          sent.add(ordinal);
        }
      } finally {
        second.close();
      }
    }

    await().until(() -> LoggedIn.pending(herald) == 0);
    assertThat(ordinals()).isEqualTo(sent);
    assertThat(rows("quarantine")).isZero();
  }

  @Test
  void whatAnApplierDiedOverIsAppliedApartFromTheOthers() {
    WebhookLog.Received received = received(1);
    herald.gateway().close();
    KafkaSettings kafka = LoggedIn.settings(herald).orElseThrow();
    KafkaTopic topic = KafkaTopic.ready(kafka, Duration.ofDays(10));
    KafkaPositions positions = new KafkaPositions(herald.jdbi(), topic.id());
    try (KafkaWebhookLog log = new KafkaWebhookLog(kafka, topic, positions)) {
      log.append(List.of(received));
    }
    ConsumerRecord<byte[], byte[]> record = records().getFirst();
    // As an applier leaves it that was killed while it worked on the record.
    herald
        .jdbi()
        .useTransaction(
            handle -> {
              Position found = positions.lock(handle, record.partition(), record.offset());
              Position begun =
                  new Position(record.partition(), record.offset(), record.offset() + 1);
              assertThat(positions.move(handle, found, begun)).isTrue();
            });

    herald.restart();

    await().until(() -> ordinals().equals(Set.of(1)));
    await().until(() -> LoggedIn.pending(herald) == 0);
    assertThat(rows("webhook_log")).isEqualTo(1);
    assertThat(post(2)).isEqualTo(200);
    await().until(() -> ordinals().equals(Set.of(1, 2)));
    assertThat(rows("webhook_log")).isEqualTo(1);
  }

  @Test
  void whoWasOvertakenChangesNothing() {
    KafkaPositions positions = new KafkaPositions(herald.jdbi(), "a topic");
    herald
        .jdbi()
        .useTransaction(
            handle -> {
              Position first = positions.lock(handle, 0, 10);
              Position begun = new Position(0, 10, 20);
              assertThat(positions.move(handle, first, begun)).isTrue();
              assertThat(positions.move(handle, begun, new Position(0, 20, 30))).isTrue();
              assertThat(positions.move(handle, begun, new Position(0, 20, 20))).isFalse();
            });
    assertThat(positions.next(0)).hasValue(20);
  }

  @Test
  void aBodyOnWhichAServiceChokesDoesNotHoldUpThoseBehindIt() {
    AtomicBoolean choking = new AtomicBoolean(true);
    herald
        .services()
        .on(
            EvidenceServiceGrpc.getRecordEvidenceMethod(),
            request -> {
              boolean bad = request.getEvidenceList().stream().anyMatch(it -> it.getOrdinal() == 7);
              if (bad && choking.get()) {
                throw HeraldException.internal("A bug.", null);
              }
              return RecordEvidenceResponse.getDefaultInstance();
            });
    post(7);
    for (int i = 10; i < 30; i++) {
      post(i);
    }
    await().until(() -> LoggedIn.pending(herald) == 1);
    assertThat(ordinals()).contains(10, 29);

    choking.set(false);

    await().until(() -> LoggedIn.pending(herald) == 0);
    assertThat(rows("quarantine")).isZero();
  }

  @Test
  void whatWaitsAndForHowLongIsAMetric() {
    herald
        .services()
        .refuse(
            EvidenceServiceGrpc.getRecordEvidenceMethod(),
            HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not now."));
    for (int i = 0; i < 5; i++) {
      post(i);
    }
    await().until(() -> metric("herald_webhook_pending") == 5 && metric("herald_webhook_lag") > 1);

    herald.services().reset();
    knowTheNumber();

    await().until(() -> metric("herald_webhook_pending") == 0 && metric("herald_webhook_lag") == 0);
  }

  @Test
  void aTopicThatCannotHoldWebhooksIsRefusedAtTheStart() throws Exception {
    KafkaSettings kafka = settings(Broker.freshTopic());
    try (Admin admin = Admin.create(kafka.with(Map.of()))) {
      admin
          .createTopics(List.of(new NewTopic(kafka.topic(), Optional.of(1), Optional.empty())))
          .all()
          .get();
    }
    assertThatThrownBy(() -> KafkaTopic.ready(kafka, Duration.ofDays(10)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(kafka.topic())
        .hasMessageContaining("max.message.bytes");
  }

  @Test
  void aWrongAddressIsRefusedWithTheFormItShouldHave() {
    for (String wrong :
        List.of("kafka", "kafka:", "kafka:host/topic", "kafka:host:9092", "kafka:host:9092/a b")) {
      assertThatThrownBy(() -> settings(wrong))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("kafka:HOST:PORT[,HOST:PORT]/TOPIC");
    }
    KafkaSettings two = settings("kafka:one:9092,two:9093/herald.webhooks");
    assertThat(two.brokers()).isEqualTo("one:9092,two:9093");
    assertThat(two.topic()).isEqualTo("herald.webhooks");
  }

  private static KafkaSettings settings(String where) {
    return KafkaSettings.from(Settings.of(Map.of(KafkaSettings.SETTING, where))).orElseThrow();
  }

  private void swap(TestGateway other) {
    herald.close();
    herald = other;
    knowTheNumber();
  }

  private void knowTheNumber() {
    long workspace = herald.workspace();
    herald
        .services()
        .on(
            InboundServiceGrpc.getResolveChannelsMethod(),
            request ->
                ResolveChannelsResponse.newBuilder()
                    .addChannels(
                        ResolvedChannel.newBuilder()
                            .setPhoneNumberId(NUMBER)
                            .setChannelId(11)
                            .setWorkspaceId(workspace))
                    .build());
  }

  private WebhookLog.Received received(int ordinal) {
    return new WebhookLog.Received(
        0,
        statuses(NUMBER, status("sent", key(ordinal), SECONDS)).getBytes(StandardCharsets.UTF_8));
  }

  private int post(int ordinal) {
    return WhatsApp.post(herald, statuses(NUMBER, status("sent", key(ordinal), SECONDS))).status();
  }

  private String key(int ordinal) {
    return herald
        .keys()
        .encode(new MessageKey(900, ordinal, "IN", 20261102), herald.workspace(), NUMBER);
  }

  private Set<Integer> ordinals() {
    return herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).stream()
        .map(RecordEvidenceRequest::getEvidenceList)
        .flatMap(List::stream)
        .map(Evidence::getOrdinal)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<ConsumerRecord<byte[], byte[]>> records() {
    KafkaSettings kafka = LoggedIn.settings(herald).orElseThrow();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.with(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(kafka.topic()).stream()
              .map(it -> new TopicPartition(it.topic(), it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
      await()
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return !found.isEmpty();
              });
      return found;
    }
  }

  private double metric(String name) {
    return herald
        .send(herald.anonymous("/metrics"))
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private long rows(String table) {
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
