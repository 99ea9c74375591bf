package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop in the middle of a campaign, and the next start. */
class RestartTest {
  private static final int AUDIENCE = 3000;

  @Test
  void aRestartInMidCampaignLosesNobodyAndMessagesNobodyTwice(@TempDir Path folder)
      throws IOException {
    String id;
    try (Stage stage = Stage.open(folder)) {
      stage.channelRate(500);
      id = stage.draft("Interrupted", AUDIENCE);
      stage.launch(id);
      await().until(() -> stage.judge(id).accepted() >= 300);
    }
    try (Stage stage = Stage.open(folder)) {
      assertThat(stage.campaign(id).path("status").asText()).isIn("LIVE", "SENT");
      stage.awaitStatus(id, "SENT");
      JsonNode analytics = stage.awaitSettled(id);
      assertThat(stage.herald().simulator().record().repeated()).isEmpty();
      assertThat(analytics.path("pending").asInt()).isZero();
      assertThat(analytics.path("submitted").asInt() + analytics.path("unconfirmed").asInt())
          .isEqualTo(AUDIENCE);
      assertThat(stage.verb(id, "reconcile").path("differences")).isEmpty();
      assertThat(stage.api().get("wallet:audit").path("exact").asBoolean()).isTrue();
    }
  }
}
