package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.billing.v1.AdjustWalletRequest;
import dev.herald.billing.v1.AuditWalletRequest;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.grpc.GrpcClients;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * An empty wallet refuses a launch, pauses an API campaign, and hinders nothing once it is full.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WalletRunsOutTest {
  private Stage stage;
  private ManagedChannel billing;
  private long workspace;

  @BeforeAll
  void open(@TempDir Path folder) {
    stage = Stage.open(folder);
    billing =
        GrpcClients.channel(
            "127.0.0.1:" + stage.herald().ports().billing(),
            new ServiceTokens(stage.herald().serviceSecret(), "test").asCredentials());
    workspace = stage.api().get("workspace").path("id").asLong();
  }

  @AfterAll
  void close() throws IOException {
    billing.shutdownNow();
    stage.close();
  }

  @Test
  void anApiCampaignPausesWithTheReasonAndGoesOnAfterATopUp() {
    String id = apiCampaign("Vouchers");
    stage.launch(id);
    assertThat(refusalOf(trigger(id, 1))).isEmpty();
    emptyTheWallet();

    // What was set aside ahead is used up; then the wallet is asked, and has nothing.
    Api.RefusedException refused =
        catchThrowableOfType(
            Api.RefusedException.class,
            () -> {
              for (int i = 2; i < 5000; i++) {
                trigger(id, i);
              }
            });
    assertThat(refused.reason()).isEqualTo("INSUFFICIENT_FUNDS");
    JsonNode paused = stage.campaign(id);
    assertThat(paused.path("status").asText()).isEqualTo("PAUSED");
    assertThat(paused.path("pauseReason").path("kind").asText()).isEqualTo("FUNDS");
    assertThat(paused.path("pauseReason").path("message").asText()).contains("Top up at least");
    refused = catchThrowableOfType(Api.RefusedException.class, () -> trigger(id, 9_998));
    assertThat(refused.reason()).isEqualTo("CAMPAIGN_NOT_LIVE");

    topUp("after-running-out");
    stage.verb(id, "resume");
    assertThat(refusalOf(trigger(id, 9_999))).isEmpty();
    stage.verb(id, "stop");
    awaitNothingReserved(id);
  }

  @Test
  void aLaunchThatCannotBePaidIsRefusedWithWhatIsMissing() {
    String id = stage.draft("Too dear", 100);
    emptyTheWallet();
    Api.RefusedException refused =
        catchThrowableOfType(Api.RefusedException.class, () -> stage.launch(id));
    assertThat(refused.reason()).isEqualTo("INSUFFICIENT_FUNDS");
    assertThat(stage.campaign(id).path("status").asText()).isEqualTo("DRAFT");

    topUp("after-the-refusal");
    assertThat(stage.launch(id).path("reserved").path("micros").asLong()).isPositive();
    stage.awaitStatus(id, "SENT");
    stage.awaitSettled(id);
    awaitNothingReserved(id);
  }

  private void awaitNothingReserved(String id) {
    await()
        .untilAsserted(
            () -> {
              JsonNode analytics = stage.analytics(id);
              JsonNode cost = analytics.path("cost");
              // What WhatsApp has taken and said nothing about yet stays set aside.
              boolean open = analytics.path("accepted").asInt() > 0;
              assertThat(cost.path("reserved").path("micros").asLong() > 0).isEqualTo(open);
              assertThat(cost.path("chargedMessages").asInt())
                  .isEqualTo(analytics.path("sent").asInt());
            });
    assertThat(
            OperatorServiceGrpc.newBlockingStub(billing)
                .auditWallet(AuditWalletRequest.newBuilder().setWorkspaceId(workspace).build())
                .getDifferencesList())
        .isEmpty();
  }

  private String apiCampaign(String name) {
    return stage
        .api()
        .post(
            "campaigns",
            Map.of(
                "name",
                name,
                "type",
                "API",
                "channelId",
                stage.channelId(),
                "content",
                Map.of("template", Map.of("templateId", stage.marketingTemplateId()))))
        .path("id")
        .asText();
  }

  private JsonNode trigger(String id, int person) {
    return stage
        .api()
        .post(
            "campaigns/" + id + ":trigger",
            Map.of(
                "recipients",
                List.of(
                    Map.of(
                        "phone",
                        "+91" + (9_700_000_000L + person),
                        "name",
                        "Guest",
                        "parameters",
                        Map.of("body.1", "Guest", "body.2", "North")))));
  }

  private static String refusalOf(JsonNode answer) {
    return answer.path("results").get(0).path("errorReason").asText();
  }

  private void emptyTheWallet() {
    long available = stage.walletMicros("available");
    if (available == 0) {
      return;
    }
    OperatorServiceGrpc.newBlockingStub(billing)
        .adjustWallet(
            AdjustWalletRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setAmount(Money.newBuilder().setCurrency("USD").setMicros(-available))
                .setNote("Emptied")
                .setRequestId("emptied-" + System.nanoTime())
                .build());
  }

  private void topUp(String key) {
    stage
        .api()
        .post(
            "wallet:topUp", Map.of("amount", Map.of("currency", "USD", "micros", "50000000")), key);
  }
}
