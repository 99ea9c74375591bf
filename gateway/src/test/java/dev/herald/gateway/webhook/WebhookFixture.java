package dev.herald.gateway.webhook;

import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ListWebhookSecretsResponse;
import dev.herald.campaign.v1.ResolveChannelsRequest;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.campaign.v1.WebhookSecret;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.messagekey.MessageKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** A gateway that knows three numbers, and what it has passed on. */
abstract class WebhookFixture {

  static final String NUMBER = "106540352242922";

  static final String OTHER_NUMBER = "999";

  static final String OWN_NUMBER = "777";

  static final long SECONDS = 1_790_000_000;

  static final long OTHER_WORKSPACE = 4242;

  static final long OWN_CHANNEL = 55;

  static final Secret OWN_SECRET = new Secret("the secret of a tenant's own app");

  static TestGateway herald;

  @Parameter LoggedIn where;

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
    await().until(() -> pending() == 0);
    herald.services().reset();
    long workspace = herald.workspace();
    herald
        .services()
        .on(InboundServiceGrpc.getResolveChannelsMethod(), request -> resolve(request, workspace));
    herald
        .services()
        .answer(
            InboundServiceGrpc.getListWebhookSecretsMethod(),
            ListWebhookSecretsResponse.newBuilder()
                .addSecrets(
                    WebhookSecret.newBuilder()
                        .setChannelId(OWN_CHANNEL)
                        .setAppSecret(OWN_SECRET.value())
                        .setVerifyToken("own-token")
                        .setWorkspaceId(OTHER_WORKSPACE)
                        .setWabaId("555000"))
                .build());
  }

  static ResolveChannelsResponse resolve(ResolveChannelsRequest request, long workspace) {
    ResolveChannelsResponse.Builder response = ResolveChannelsResponse.newBuilder();
    for (String id : request.getPhoneNumberIdsList()) {
      ResolvedChannel.Builder channel = ResolvedChannel.newBuilder().setPhoneNumberId(id);
      switch (id) {
        case NUMBER -> response.addChannels(channel.setChannelId(11).setWorkspaceId(workspace));
        case OTHER_NUMBER ->
            response.addChannels(channel.setChannelId(12).setWorkspaceId(OTHER_WORKSPACE));
        case OWN_NUMBER ->
            response.addChannels(
                channel.setChannelId(OWN_CHANNEL).setWorkspaceId(OTHER_WORKSPACE).setOwnApp(true));
        default -> {}
      }
    }
    return response.build();
  }

  static String key(long ordinal) {
    return keyOf(herald.workspace(), NUMBER, ordinal);
  }

  static String keyOf(long workspace, String number, long ordinal) {
    return herald.keys().encode(new MessageKey(900, ordinal, "IN", 20261102), workspace, number);
  }

  static List<Evidence> evidence() {
    return herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).stream()
        .map(RecordEvidenceRequest::getEvidenceList)
        .flatMap(List::stream)
        .toList();
  }

  static List<InboundEvent> events() {
    return herald.services().requests(InboundServiceGrpc.getRecordInboundMethod()).stream()
        .flatMap(request -> request.getEventsList().stream())
        .toList();
  }

  static List<String> quarantineReasons() {
    return jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select reason from gateway.quarantine where replay_time is null")
                    .mapTo(String.class)
                    .list());
  }

  static long pending() {
    return LoggedIn.pending(herald);
  }

  static long logged() {
    return LoggedIn.logged(herald);
  }

  static org.jdbi.v3.core.Jdbi jdbi() {
    return herald.jdbi();
  }
}
