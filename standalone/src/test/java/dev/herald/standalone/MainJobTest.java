package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a campaign over HTTP, judged by the simulator's own record. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MainJobTest {
  private static final int AUDIENCE = 3000;

  private Stage stage;

  @BeforeAll
  void open(@TempDir Path folder) {
    stage = Stage.open(folder);
    stage.channelRate(1000);
  }

  @AfterAll
  void close() throws IOException {
    stage.close();
  }

  @Test
  void theFinalFiguresAreThoseOfWhatsAppsOwnRecordInSumAndPerRecipient() {
    String id = stage.draft("Exact figures", AUDIENCE);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    JsonNode analytics = stage.awaitSettled(id);

    int sum =
        analytics.path("sent").asInt()
            + analytics.path("failed").asInt()
            + analytics.path("skipped").asInt()
            + analytics.path("unconfirmed").asInt()
            + analytics.path("accepted").asInt();
    assertThat(sum).isEqualTo(AUDIENCE);
    assertThat(analytics.path("pending").asInt()).isZero();
    Map<Integer, String> buckets = bucketsByOrdinal(id);
    // Who has stopped marketing messages after an earlier campaign is not written to.
    assertThat(buckets.values().stream().filter("BUCKET_SKIPPED"::equals))
        .hasSize(analytics.path("skipped").asInt());
    buckets.values().removeIf("BUCKET_SKIPPED"::equals);
    assertThat(buckets).isEqualTo(expectedBuckets(stage.judge(id)));
    assertThat(stage.herald().simulator().record().repeated()).isEmpty();
    assertThat(stage.verb(id, "reconcile").path("differences")).isEmpty();
  }

  @Test
  void theWalletMovesByTheSentMessagesAndFailedOnesCostNothing() {
    String id = stage.draft("Exact money", AUDIENCE);
    long chargedBefore = stage.walletMicros("charged");
    long reserved = stage.launch(id).path("reserved").path("micros").asLong();
    assertThat(reserved).isPositive();
    stage.awaitStatus(id, "SENT");
    JsonNode analytics = stage.awaitSettled(id);

    await()
        .untilAsserted(
            () -> {
              JsonNode statement = stage.api().get("campaigns/" + id + "/statement");
              long messages = 0;
              long micros = 0;
              for (JsonNode line : statement.path("lines")) {
                messages += line.path("chargedMessages").asLong();
                micros +=
                    line.path("chargedMessages").asLong()
                        * line.path("unitPrice").path("micros").asLong();
              }
              assertThat(messages).isEqualTo(analytics.path("sent").asLong());
              assertThat(micros).isEqualTo(stage.walletMicros("charged") - chargedBefore);
            });
    assertThat(stage.analytics(id).path("cost").path("failedCost").path("micros").asLong())
        .isZero();
    assertThat(stage.api().get("wallet:audit").path("exact").asBoolean()).isTrue();
  }

  @Test
  void nothingLeavesAfterPauseHasReturned() {
    String id = stage.draft("Barrier", AUDIENCE);
    stage.launch(id);
    awaitSomeAreTaken(id, 200);
    JsonNode paused = stage.verb(id, "pause");
    int atPause = stage.judge(id).accepted();

    assertThat(paused.path("status").asText()).isEqualTo("PAUSED");
    assertThat(paused.path("inFlight").asInt()).isZero();
    assertThat(atPause).isLessThan(AUDIENCE);
    // Everything already said about the campaign arrives; nothing new is taken.
    stage.awaitQuiet();
    assertThat(stage.judge(id).accepted()).isEqualTo(atPause);

    stage.verb(id, "resume");
    stage.awaitStatus(id, "SENT");
    JsonNode analytics = stage.awaitSettled(id);
    assertThat(analytics.path("pending").asInt()).isZero();
  }

  @Test
  void stopIsFinalAndGivesBackTheMoneyOfThoseNeverAttempted() {
    String id = stage.draft("Final", AUDIENCE);
    stage.launch(id);
    awaitSomeAreTaken(id, 200);
    JsonNode stopped = stage.verb(id, "stop");
    int atStop = stage.judge(id).accepted();

    assertThat(stopped.path("status").asText()).isEqualTo("STOPPED");
    assertThatThrownBy(() -> stage.verb(id, "resume"))
        .isInstanceOfSatisfying(
            Api.RefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo("ILLEGAL_TRANSITION"));
    JsonNode analytics = stage.awaitSettled(id);
    assertThat(stage.judge(id).accepted()).isEqualTo(atStop);
    await()
        .untilAsserted(
            () -> {
              JsonNode cost = stage.analytics(id).path("cost");
              long open = analytics.path("accepted").asLong();
              assertThat(cost.path("reserved").path("micros").asLong() == 0).isEqualTo(open == 0);
              assertThat(cost.path("chargedMessages").asInt())
                  .isEqualTo(analytics.path("sent").asInt());
            });
  }

  private void awaitSomeAreTaken(String id, int some) {
    await().until(() -> stage.judge(id).accepted() >= some);
  }

  private Map<Integer, String> bucketsByOrdinal(String id) {
    Map<Integer, String> buckets = new TreeMap<>();
    String token = "";
    do {
      JsonNode page =
          stage.api().get("campaigns/" + id + "/messages?pageSize=1000&pageToken=" + token);
      for (JsonNode message : page.path("messages")) {
        buckets.put(message.path("ordinal").asInt(), message.path("bucket").asText());
      }
      token = page.path("nextPageToken").asText();
    } while (!token.isEmpty());
    return buckets;
  }

  private static Map<Integer, String> expectedBuckets(Judge judge) {
    Map<Integer, String> buckets = new TreeMap<>();
    judge.fates().forEach((ordinal, fate) -> buckets.put(ordinal, "BUCKET_" + fate));
    return buckets;
  }
}
