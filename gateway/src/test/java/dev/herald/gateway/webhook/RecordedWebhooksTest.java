package dev.herald.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.messagekey.MessageKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What each recorded webhook means to Herald: which facts, which events, nothing in quarantine. */
@ParameterizedClass
@EnumSource(LoggedIn.class)
class RecordedWebhooksTest {
  private static final Map<String, List<String>> MEANINGS = new TreeMap<>();

  static {
    meaning("status-sent-v23-with-conversation", "SENT 0");
    meaning("status-sent-v24-without-conversation", "SENT 0");
    meaning("status-delivered-with-pricing", "DELIVERED 0");
    meaning("status-read", "READ 0");
    meaning("status-read-with-pricing-and-no-delivered", "READ 0");
    meaning("status-played", "READ 0");
    meaning(
        "status-failed-undeliverable",
        "FAILED 0 131026 Message undeliverable: Message Undeliverable.");
    meaning(
        "status-failed-frequency-cap",
        "FAILED 0 131049 This message was not delivered to maintain healthy ecosystem engagement.:"
            + " In order to maintain a healthy ecosystem engagement, the message failed to be"
            + " delivered.");
    meaning(
        "status-failed-stopped-marketing",
        "FAILED 0 131050 Unable to deliver the message: The recipient has chosen to stop receiving"
            + " marketing messages on WhatsApp from your business.",
        "unwanted 0");
    meaning("status-failed-code-as-text", "FAILED 0 131047 Re-engagement message: ");
    meaning("status-failed-without-errors", "FAILED 0 0 : ");
    meaning("status-with-contacts-without-profile", "DELIVERED 0");
    meaning("status-addressed-by-user-id", "SENT 0");
    meaning("status-to-group", "READ 0");
    meaning("status-timestamp-as-number", "SENT 0");
    meaning("status-with-unknown-fields", "DELIVERED 0");
    meaning("statuses-many-of-one-message", "READ 0", "DELIVERED 0", "SENT 0", "SENT 0");
    meaning("statuses-of-another-system");
    meaning(
        "statuses-and-messages-in-two-entries",
        "SENT 0",
        "text wamid.IN1 from 16505551234 (Sheena) says 'Hi' '' to ''");
    meaning(
        "message-text",
        "text wamid.IN1 from 16505551234 (Sheena Nelson) says 'Does it come in another color?' ''"
            + " to ''");
    meaning(
        "message-text-reply",
        "text wamid.IN2 from 16505551234 (Sheena Nelson) says 'Yes' '' to 'ours'");
    meaning(
        "message-template-button",
        "button wamid.IN3 from 16505551234 (Sheena Nelson) says 'Stop promotions' 'Stop promotions'"
            + " to 'ours'");
    meaning(
        "message-interactive-button",
        "interactive wamid.IN4 from 16505551234 (Sheena Nelson) says 'Yes, please' 'yes' to"
            + " 'ours'");
    meaning(
        "message-interactive-list",
        "interactive wamid.IN5 from 16505551234 (Sheena Nelson) says 'Priority Mail' 'priority' to"
            + " 'ours'");
    meaning(
        "message-image-with-caption",
        "image wamid.IN6 from 16505551234 (Sheena Nelson) says 'Taj Mahal' '' to ''");
    meaning(
        "message-reaction",
        "reaction wamid.IN7 from 16505551234 (Sheena Nelson) says '\uD83D\uDC4D' '' to 'ours'");
    meaning(
        "message-from-advertisement",
        "text wamid.IN8 from 16505551234 (Sheena Nelson) says 'More info?' '' to ''");
    meaning(
        "message-number-changed",
        "system wamid.IN9 from 16505551234 () says 'Sheena Nelson changed from 16505551234 to"
            + " 12195555358' '' to ''");
    meaning(
        "message-unsupported",
        "unsupported wamid.IN10 from 16505551234 (Sheena Nelson) says '' '' to ''");
    meaning(
        "message-without-number",
        "text wamid.IN11 from US.13491208655302741918 (Sheena) says 'Hello' '' to ''");
    meaning("channel-error", "channel errors 130429 quality  limit ");
    meaning("user-preference-stop", "16505551234 wants marketing_messages stop");
    meaning("user-preference-resume", "16505551234 wants marketing_messages resume");
    meaning("template-approved", "template order_confirmation en-US APPROVED (NONE) ");
    meaning("template-rejected", "template order_confirmation en-US REJECTED (INVALID_FORMAT) ");
    meaning("template-paused", "template offer en PAUSED (NONE) ");
    meaning("template-deleted-with-null-reason", "template offer en DELETED () ");
    meaning("template-quality", "template welcome_template en-US  () ");
    meaning("template-recategorised", "template welcome_template en-US  () MARKETING");
    meaning(
        "number-quality",
        "channel phone_number_quality_update THROUGHPUT_UPGRADE quality  limit TIER_UNLIMITED");
    meaning("account-restricted", "channel account_update ACCOUNT_RESTRICTION quality  limit ");
    meaning(
        "account-volume-tier",
        "channel account_update VOLUME_BASED_PRICING_TIER_UPDATE quality  limit ");
    meaning("unknown-field");
  }

  private static TestGateway herald;

  @Parameter LoggedIn where;

  private static void meaning(String recording, String... facts) {
    MEANINGS.put(recording, List.of(facts));
  }

  @BeforeParameterizedClassInvocation
  static void start(LoggedIn where) {
    herald = where.start(Map.of());
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    herald.services().reset();
    long workspace = herald.workspace();
    herald
        .services()
        .on(
            InboundServiceGrpc.getResolveChannelsMethod(),
            request ->
                ResolveChannelsResponse.newBuilder()
                    .addChannels(
                        ResolvedChannel.newBuilder()
                            .setPhoneNumberId(Recordings.NUMBER)
                            .setChannelId(11)
                            .setWorkspaceId(workspace))
                    .build());
  }

  @Test
  void everyRecordingHasAMeaning() {
    assertThat(recordings().keySet()).isEqualTo(MEANINGS.keySet());
  }

  @TestFactory
  Stream<DynamicTest> aRecordingMeans() {
    return recordings().entrySet().stream()
        .map(recording -> DynamicTest.dynamicTest(recording.getKey(), () -> check(recording)));
  }

  private void check(Map.Entry<String, String> recording) {
    reset();
    assertThat(WhatsApp.post(herald, recording.getValue()).status()).isEqualTo(200);
    await().until(() -> LoggedIn.pending(herald) == 0);
    assertThat(facts()).containsExactlyElementsOf(MEANINGS.get(recording.getKey()));
    assertThat(count("quarantine")).isZero();
  }

  private static Map<String, String> recordings() {
    return Recordings.all(
        ordinal ->
            herald
                .keys()
                .encode(
                    new MessageKey(900, ordinal, "IN", 0), herald.workspace(), Recordings.NUMBER));
  }

  private static List<String> facts() {
    Stream<String> evidence =
        herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).stream()
            .flatMap(request -> request.getEvidenceList().stream())
            .map(RecordedWebhooksTest::text);
    Stream<String> events =
        herald.services().requests(InboundServiceGrpc.getRecordInboundMethod()).stream()
            .flatMap(request -> request.getEventsList().stream())
            .map(RecordedWebhooksTest::text);
    return Stream.concat(evidence, events).toList();
  }

  private static String text(Evidence fact) {
    assertThat(Timestamps.toMillis(fact.getTime()) / 100_000).isEqualTo(17_900_000L);
    String failure =
        fact.hasFailure()
            ? " %d %s: %s"
                .formatted(
                    fact.getFailure().getCode(),
                    fact.getFailure().getTitle(),
                    fact.getFailure().getDetails())
            : "";
    return fact.getKind() + " " + fact.getOrdinal() + failure;
  }

  private static String text(InboundEvent event) {
    return switch (event.getKindCase()) {
      case MESSAGE -> text(event.getMessage());
      case PREFERENCE ->
          "%s wants %s %s"
              .formatted(
                  event.getPreference().getFrom(),
                  event.getPreference().getCategory(),
                  event.getPreference().getValue());
      case TEMPLATE ->
          "template %s %s %s (%s) %s"
              .formatted(
                  event.getTemplate().getName(),
                  event.getTemplate().getLanguage(),
                  event.getTemplate().getEvent(),
                  event.getTemplate().getReason(),
                  event.getTemplate().getNewCategory());
      case CHANNEL ->
          "channel %s %s quality %s limit %s"
              .formatted(
                  event.getChannel().getField(),
                  event.getChannel().getEvent(),
                  event.getChannel().getQualityRating(),
                  event.getChannel().getMessagingLimitTier());
      case UNWANTED -> "unwanted " + event.getUnwanted().getOrdinal();
      case KIND_NOT_SET -> "nothing";
    };
  }

  private static String text(InboundMessage message) {
    return "%s %s from %s (%s) says '%s' '%s' to '%s'"
        .formatted(
            message.getType(),
            message.getWamid(),
            message.getFrom().isEmpty() ? message.getUserId() : message.getFrom(),
            message.getProfileName(),
            message.getText(),
            message.getPayload(),
            message.getContextWamid().isEmpty() ? "" : "ours");
  }

  private static long count(String table) {
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
