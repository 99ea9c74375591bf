package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.control.Controls;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** People who do not want messages say so in WhatsApp, and get none. */
@ExtendWith(SharedStage.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OptOutTest {
  private static final long BY_PREFERENCE = 12125550150L;
  private static final long BY_WORD = 12125550151L;

  private final Stage stage;
  private final Controls people;
  private final PhoneNumber number;

  OptOutTest(Stage stage) {
    this.stage = stage;
    people = stage.herald().simulator().controls();
    number = people.directory().numbers().getFirst();
  }

  @Test
  void aPersonWhoStopsMarketingMessagesInWhatsAppIsOptedOutAndSkipped() {
    people.marketing(number, BY_PREFERENCE, true);
    long decided = Instant.now().getEpochSecond();
    awaitOptOut(BY_PREFERENCE, true);
    assertSkipped("By preference", BY_PREFERENCE);

    // WhatsApp tells times in whole seconds: within the same one, the opt-out stands.
    await().until(() -> Instant.now().getEpochSecond() > decided);
    people.marketing(number, BY_PREFERENCE, false);
    awaitOptOut(BY_PREFERENCE, false);
  }

  @Test
  void aPersonWhoAnswersStopIsOptedOutAndSkipped() {
    people.text(number, BY_WORD, "STOP", null);
    awaitOptOut(BY_WORD, true);
    assertSkipped("By a word", BY_WORD);
  }

  private void awaitOptOut(long person, boolean expected) {
    await()
        .untilAsserted(
            () -> {
              JsonNode found = stage.api().get("contacts?filter.text=" + person).path("contacts");
              assertThat(found).isNotEmpty();
              assertThat(found.get(0).path("optedOut").asBoolean()).isEqualTo(expected);
            });
  }

  private void assertSkipped(String name, long person) {
    JsonNode campaign =
        stage
            .api()
            .post(
                "campaigns",
                Map.of(
                    "name",
                    name,
                    "type",
                    "BROADCAST",
                    "channelId",
                    stage.channelId(),
                    "content",
                    Map.of("template", Map.of("templateId", stage.marketingTemplateId()))));
    String id = campaign.path("id").asText();
    stage
        .api()
        .post(
            "campaigns/" + id + "/recipients",
            Map.of(
                "recipients",
                List.of(
                    Map.of("phone", "+" + person, "parameters", Map.of("first_name", "Guest")))));
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    await()
        .untilAsserted(() -> assertThat(stage.analytics(id).path("skipped").asInt()).isEqualTo(1));
    assertThat(stage.judge(id).accepted()).isZero();
  }
}
