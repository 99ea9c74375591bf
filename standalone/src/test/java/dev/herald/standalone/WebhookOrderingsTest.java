package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every set of statuses in every order, through HTTP to the figures: what happened does not depend
 * on how it was told. None of the messages was ever recorded as sent by us: a status may come
 * first.
 */
@ExtendWith(SharedStage.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookOrderingsTest {
  private static final List<String> WORDS = List.of("sent", "delivered", "read", "failed");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Stage stage;
  private final MessageKeyCodec keys;
  private final long workspace;
  private final String number;

  WebhookOrderingsTest(Stage stage) {
    this.stage = stage;
    keys = new MessageKeyCodec(stage.herald().messageKeySecret());
    workspace = stage.api().get("workspace").path("id").asLong();
    number = stage.herald().simulator().phoneNumberId(0);
  }

  @AfterAll
  void close() {
    http.close();
  }

  @Test
  void everyOrderOfEverySetOfStatusesComesToTheSame() throws Exception {
    List<List<String>> orders = new ArrayList<>();
    arrange(new ArrayList<>(), orders);
    assertThat(orders).hasSize(64);
    String campaign = stage.draft("Orderings", orders.size());

    // One body a status, as they come.
    for (int ordinal = 0; ordinal < orders.size(); ordinal++) {
      for (String word : orders.get(ordinal)) {
        post(body(List.of(status(campaign, ordinal, word))));
      }
    }
    assertOutcomes(campaign, orders);

    // All of them again in one body, shuffled: nothing changes.
    List<String> again = new ArrayList<>();
    for (int ordinal = 0; ordinal < orders.size(); ordinal++) {
      for (String word : orders.get(ordinal)) {
        again.add(status(campaign, ordinal, word));
      }
    }
    Collections.shuffle(again, new Random(11));
    post(body(again));
    post(body(again));
    await().until(() -> backlog() == 0);
    assertOutcomes(campaign, orders);
  }

  private static void arrange(List<String> begun, List<List<String>> orders) {
    if (!begun.isEmpty()) {
      orders.add(List.copyOf(begun));
    }
    for (String word : WORDS) {
      if (!begun.contains(word)) {
        begun.add(word);
        arrange(begun, orders);
        begun.removeLast();
      }
    }
  }

  private void assertOutcomes(String campaign, List<List<String>> orders) {
    await()
        .untilAsserted(
            () -> {
              JsonNode figures = stage.analytics(campaign);
              for (String metric : List.of("sent", "delivered", "read", "failed")) {
                assertThat(figures.path(metric).asLong())
                    .as(metric)
                    .isEqualTo(orders.stream().filter(order -> counts(order, metric)).count());
              }
              JsonNode messages =
                  stage.api().get("campaigns/" + campaign + "/messages?pageSize=1000");
              for (JsonNode message : messages.path("messages")) {
                List<String> order = orders.get(message.path("ordinal").asInt());
                assertThat(message.path("bucket").asText())
                    .as(order.toString())
                    .isEqualTo("BUCKET_" + outcome(order).toUpperCase(java.util.Locale.ROOT));
              }
              assertThat(messages.path("messages")).hasSize(orders.size());
            });
  }

  // Proof of delivery beats a reported failure, whichever came first.
  private static String outcome(List<String> statuses) {
    return List.of("read", "delivered", "failed", "sent").stream()
        .filter(statuses::contains)
        .findFirst()
        .orElseThrow();
  }

  private static boolean counts(List<String> statuses, String metric) {
    String outcome = outcome(statuses);
    return switch (metric) {
      case "sent" -> !outcome.equals("failed");
      case "delivered" -> outcome.equals("delivered") || outcome.equals("read");
      default -> outcome.equals(metric);
    };
  }

  private String status(String campaign, int ordinal, String word) {
    String key =
        keys.encode(new MessageKey(Long.parseLong(campaign), ordinal, "IN", 0), workspace, number);
    String errors =
        word.equals("failed") ? ",\"errors\":[{\"code\":131026,\"title\":\"Undeliverable\"}]" : "";
    return """
    {"id":"wamid.%d","status":"%s","timestamp":"%d","recipient_id":"919800000000",\
    "biz_opaque_callback_data":"%s"%s}\
    """
        .formatted(
            ordinal, word, System.currentTimeMillis() / 1000 - WORDS.indexOf(word), key, errors);
  }

  private String body(List<String> statuses) {
    return """
    {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",\
    "value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"%s"},\
    "statuses":[%s]}}]}]}\
    """
        .formatted(number, String.join(",", statuses));
  }

  private void post(String body) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(stage.herald().address().resolve("/webhooks/whatsapp"))
            .header("X-Hub-Signature-256", "sha256=" + HexFormat.of().formatHex(mac(bytes)))
            .POST(BodyPublishers.ofByteArray(bytes))
            .build();
    assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  private byte[] mac(byte[] body) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] secret =
        stage.herald().simulator().config().app().appSecret().getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return mac.doFinal(body);
  }

  private long backlog() throws Exception {
    try (var connection = stage.herald().superuser();
        var statement = connection.createStatement();
        var count = statement.executeQuery("select count(*) from gateway.webhook_pending")) {
      count.next();
      return count.getLong(1);
    }
  }
}
