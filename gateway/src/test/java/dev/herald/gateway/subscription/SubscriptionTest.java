package dev.herald.gateway.subscription;

import static dev.herald.gateway.testing.WhatsApp.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.Receiver;
import dev.herald.runtime.access.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Making, changing, losing and deleting a subscription. */
class SubscriptionTest extends SubscriptionFixture {
  @Test
  void threeDaysWithoutSuccessEndASubscriptionAndAPersonCanStartItAgain() {
    receiver.answers(500);
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS));
    await().until(() -> find(made).has("failingSince"));
    sql("update gateway.subscription set failing_since = now() - interval '73 hours'");
    hurry();

    await().until(() -> find(made).path("state").asText().equals("DISABLED"));
    assertThat(find(made).path("disableReason").asText())
        .contains("three days", "HTTP 500", "an answer");
    assertThat(herald.get("/api/v1/auditLog").text()).contains("SUBSCRIPTION_DISABLED");
    post(status("sent", key(7), SECONDS));
    receiver.answers(200);
    Answer active = herald.patch(path(made), "{\"state\":\"ACTIVE\"}");

    assertThat(active.json().path("disableReason").asText("")).isEmpty();
    hurry();
    awaitAllDelivered(made);
  }

  @Test
  void whoAnswersGoneIsNotAskedAgain() {
    receiver.answers(410);
    JsonNode made = subscribe(STATUSES);

    post(status("sent", key(0), SECONDS));

    await().until(() -> find(made).path("state").asText().equals("DISABLED"));
    assertThat(find(made).path("disableReason").asText()).contains("410");
  }

  @Test
  void aPausedSubscriptionHearsNothing() {
    JsonNode made = subscribe(STATUSES);
    herald.patch(path(made), "{\"state\":\"PAUSED\"}");
    JsonNode other = subscribe(STATUSES);

    post(status("sent", key(0), SECONDS));

    awaitAllDelivered(other);
    assertThat(deliveries(other)).hasSize(1);
    assertThat(deliveries(made)).isEmpty();
    assertThat(herald.post(path(made) + ":test", "{}").reason())
        .isEqualTo("SUBSCRIPTION_NOT_ACTIVE");
  }

  @Test
  void aNewSecretAndTheOneBeforeSignTogetherForADay() {
    JsonNode made = subscribe(STATUSES);
    String before = made.path("secret").asText();
    String once = "{\"requestId\":\"rotate-1\"}";
    String after = herald.post(path(made) + ":rotateSecret", once).json().path("secret").asText();
    assertThat(herald.post(path(made) + ":rotateSecret", once).json().path("secret").asText())
        .isEqualTo(after);
    String test = "{\"requestId\":\"test-1\"}";
    JsonNode sent = herald.post(path(made) + ":test", test).json().path("delivery");
    assertThat(herald.post(path(made) + ":test", test).json().path("delivery").path("id"))
        .isEqualTo(sent.path("id"));

    await().until(() -> receiver.calls().size() == 1);
    Receiver.Call call = receiver.calls().getFirst();
    String[] parts = call.header("Herald-Signature").split(",");
    byte[] time = (parts[0].substring(2) + ".").getBytes(StandardCharsets.UTF_8);
    assertThat(List.of(parts).subList(1, parts.length))
        .containsExactly(
            "v1=" + Signing.hmac(after, time, call.body()),
            "v1=" + Signing.hmac(before, time, call.body()));
    assertThat(find(made).has("oldSecretExpireTime")).isTrue();
    assertThat(herald.get(path(made)).text()).doesNotContain(before, after);
  }

  @Test
  void whatIsDeletedIsGoneWithItsDeliveries() {
    JsonNode made = subscribe(STATUSES);
    post(status("sent", key(0), SECONDS));
    awaitAllDelivered(made);

    herald.delete(path(made));
    await()
        .until(
            () -> {
              new SubscriptionStore(inSchema()).sweep();
              return count("subscription") == 0;
            });

    assertThat(count("delivery")).isZero();
    for (String rest : List.of("", "/deliveries")) {
      assertThat(herald.get(path(made) + rest).reason()).isEqualTo("SUBSCRIPTION_NOT_FOUND");
    }
  }

  @Test
  void aTargetInsideIsRefusedWithItsField() {
    for (String url :
        List.of("https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/")) {
      Answer answer = create(url, "HERALD", STATUSES);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.reason()).isEqualTo("URL_NOT_PUBLIC");
      assertThat(answer.text()).contains("\"url\"");
    }
    assertThat(create("http://93.184.215.14/", "HERALD", STATUSES).reason())
        .isEqualTo("URL_NOT_HTTPS");
    assertThat(create("not an address", "HERALD", STATUSES).reason()).isEqualTo("URL_INVALID");
    assertThat(create(receiver.url(), "AISENSY", "\"CAMPAIGN_STATUS_CHANGED\"").reason())
        .isEqualTo("EVENT_TYPE_HAS_NO_FORM");
    for (String types : List.of("", "\"TEST\"", "\"MESSAGE_SENT\",\"MESSAGE_SENT\"", "\"X\"")) {
      assertThat(create(receiver.url(), "HERALD", types).status()).as(types).isEqualTo(400);
    }
    assertThat(herald.get("/api/v1/subscriptions").json().path("subscriptions")).isEmpty();
  }

  @Test
  void aRepeatWithTheSameIdempotencyKeyGetsTheSameSubscriptionAndSecret() {
    List<JsonNode> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(
          herald
              .send(
                  herald
                      .request("/api/v1/subscriptions")
                      .header("Content-Type", "application/json")
                      .header("Idempotency-Key", "once-" + campaign)
                      .POST(
                          BodyPublishers.ofString(
                              "{\"name\":\"Ours\",\"url\":\"%s\",\"eventTypes\":[\"MESSAGE_READ\"]}"
                                  .formatted(receiver.url()))))
              .json());
    }

    assertThat(answers.get(0)).isEqualTo(answers.get(1));
    assertThat(herald.get("/api/v1/subscriptions").json().path("subscriptions")).hasSize(1);
  }

  @Test
  void aWorkspaceCanHaveFifty() {
    for (int i = 0; i < 50; i++) {
      assertThat(create(receiver.url(), "HERALD", "\"MESSAGE_READ\"").status()).isEqualTo(200);
    }

    assertThat(create(receiver.url(), "HERALD", "\"MESSAGE_READ\"").reason())
        .isEqualTo("TOO_MANY_SUBSCRIPTIONS");
    Answer page = herald.get("/api/v1/subscriptions?pageSize=30");
    Answer next =
        herald.get(
            "/api/v1/subscriptions?pageSize=30&pageToken="
                + page.json().path("nextPageToken").asText());
    assertThat(page.json().path("subscriptions")).hasSize(30);
    assertThat(next.json().path("subscriptions")).hasSize(20);
  }

  @Test
  void aViewerSeesNoneOfIt() {
    String viewer = herald.key(Role.VIEWER);

    assertThat(herald.send(herald.requestWith(viewer, "/api/v1/subscriptions")).status())
        .isEqualTo(403);
  }
}
