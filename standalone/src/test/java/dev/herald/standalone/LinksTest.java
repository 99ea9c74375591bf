package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.cloudapi.SentRequests.Sent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tracked links on the real stack: what people open is counted, and leads where the campaign said.
 */
@ExtendWith(SharedStage.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinksTest {
  private static final String TARGET = "https://shop.example/sale?from=herald#new";
  private static final String PHONE =
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
  private static final String PREVIEW = "WhatsApp/2.25.20 A";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Stage stage;

  LinksTest(Stage stage) {
    this.stage = stage;
  }

  @AfterAll
  void close() {
    http.close();
  }

  private String draft(String name, Map<String, ?> parameter, int people) {
    return draft(name, stage.marketingTemplateId(), List.of(parameter), people);
  }

  private String draft(
      String name, String templateId, List<Map<String, ?>> parameters, int people) {
    Map<String, Object> template = Map.of("templateId", templateId, "parameters", parameters);
    String id =
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
                    Map.of("template", template)))
            .path("id")
            .asText();
    stage
        .api()
        .postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(Stage.csv(people)));
    return id;
  }

  private static Map<String, Object> tracked(String target) {
    return Map.of("placeholder", "body.1", "text", target, "track", true);
  }

  private String sent(String name, int people) {
    String id = draft(name, tracked(TARGET), people);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    stage.awaitSettled(id);
    return id;
  }

  /** The links in the campaign's messages, as the people got them. */
  private List<URI> linksOf(String campaign) {
    return bodiesOf(campaign).stream()
        .map(body -> body.at("/template/components/0/parameters/0/text").asText())
        .map(URI::create)
        .toList();
  }

  private List<JsonNode> bodiesOf(String campaign) {
    return stage.herald().simulator().controls().cloudApi().requests().newest(500).stream()
        .filter(sent -> sent.result() == 0)
        .map(Sent::body)
        .filter(
            body ->
                body.path("biz_opaque_callback_data").asText().startsWith("h1." + campaign + "."))
        .toList();
  }

  private HttpResponse<String> visit(URI link, String agent) throws Exception {
    return http.send(
        HttpRequest.newBuilder(link).header("User-Agent", agent).build(), BodyHandlers.ofString());
  }

  private JsonNode linkOf(String campaign) {
    return stage.api().get("campaigns/" + campaign + "/links").path("links").path(0);
  }

  @Test
  void openingsAreCountedOncePerMessageAndInAllAndProgramsApart() throws Exception {
    String campaign = sent("Opened", 5);
    List<URI> links = linksOf(campaign);
    assertThat(links).doesNotHaveDuplicates().isNotEmpty();
    assertThat(linkOf(campaign).path("target").asText()).isEqualTo(TARGET);
    URI first = links.getFirst();
    assertThat(first.toString()).startsWith(stage.herald().address() + "/l/");
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = visit(first, PHONE);
      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(answer.headers().firstValue("Location")).hasValue(TARGET);
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
    assertThat(visit(first, PREVIEW).statusCode()).isEqualTo(302);
    assertThat(visit(links.getLast(), PREVIEW).statusCode()).isEqualTo(302);
    HttpRequest head = HttpRequest.newBuilder(first).HEAD().header("User-Agent", PHONE).build();
    assertThat(http.send(head, BodyHandlers.discarding()).statusCode()).isEqualTo(302);

    await()
        .untilAsserted(
            () -> assertThat(stage.analytics(campaign).path("clicked").asInt()).isEqualTo(1));
    JsonNode link = linkOf(campaign);
    assertThat(link.path("messages").asInt()).isEqualTo(1);
    assertThat(link.path("clicks").asInt()).isEqualTo(3);
    assertThat(link.path("previews").asInt()).isEqualTo(3);
    // A click proves delivery, and the sums stay right.
    JsonNode people =
        stage.api().get("campaigns/" + campaign + "/messages?filter.withEvidence=CLICKED");
    assertThat(people.path("messages")).hasSize(1);
    assertThat(people.at("/messages/0/bucket").asText()).isIn("BUCKET_DELIVERED", "BUCKET_READ");
    assertThat(stage.api().post("campaigns/" + campaign + ":reconcile", Map.of()).path("exact"))
        .hasToString("true");
  }

  @Test
  void theButtonOfATemplateAndTheAddressesOfATextAreTrackedToo() throws Exception {
    JsonNode template =
        StreamSupport.stream(
                stage
                    .api()
                    .get("templates?statuses=APPROVED&pageSize=100")
                    .path("templates")
                    .spliterator(),
                false)
            .filter(one -> one.path("name").asText().equals("seasonal_offer"))
            .findFirst()
            .orElseThrow();
    List<Map<String, ?>> parameters = new ArrayList<>();
    for (JsonNode placeholder : template.path("placeholders")) {
      boolean link = placeholder.asText().equals("button.0.1");
      parameters.add(
          Map.of(
              "placeholder",
              placeholder.asText(),
              "text",
              link ? TARGET : "Spring",
              "track",
              link));
    }
    String button = draft("Button", template.path("id").asText(), parameters, 5);
    stage.launch(button);
    stage.awaitStatus(button, "SENT");
    JsonNode components = bodiesOf(button).getFirst().at("/template/components");
    String suffix =
        StreamSupport.stream(components.spliterator(), false)
            .filter(component -> component.path("sub_type").asText().equals("url"))
            .map(component -> component.at("/parameters/0/text").asText())
            .findFirst()
            .orElseThrow();
    // The address before the suffix is the template's; an operator has it approved as Herald's.
    assertLeadsTo(TARGET, URI.create(stage.herald().address() + "/l/" + suffix));

    stage
        .herald()
        .simulator()
        .controls()
        .text(
            stage.herald().simulator().controls().directory().numbers().getFirst(),
            919_877_700_001L,
            "Hello",
            null);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        stage
                            .api()
                            .get("contacts:count?filter.activeOnly=true&filter.text=919877700001")
                            .path("count")
                            .asInt())
                    .isEqualTo(1));
    String text = "Both https://shop.example/one and https://shop.example/two are open.";
    String regular =
        stage
            .api()
            .post(
                "campaigns",
                Map.of(
                    "name",
                    "Text",
                    "type",
                    "BROADCAST",
                    "channelId",
                    stage.channelId(),
                    "content",
                    Map.of("regular", Map.of("text", text, "trackLinks", true))))
            .path("id")
            .asText();
    stage
        .api()
        .postCsv(
            "campaigns/" + regular + "/audience",
            BodyPublishers.ofString("phone\n+919877700001\n"));
    stage.launch(regular);
    stage.awaitStatus(regular, "SENT");
    String[] words = bodiesOf(regular).getFirst().at("/text/body").asText().split(" ");
    assertThat(words).hasSize(6);
    assertLeadsTo("https://shop.example/one", URI.create(words[1]));
    assertLeadsTo("https://shop.example/two", URI.create(words[3]));
  }

  private void assertLeadsTo(String target, URI link) throws Exception {
    HttpResponse<String> answer = visit(link, PHONE);
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).hasValue(target);
  }

  @Test
  void whatAPersonBuysAfterAClickIsOwedToItsMessageAndTheOthersCanBeAskedAgain() throws Exception {
    String id = draft("Sold", tracked("https://shop.example/sale?click=__CLICKID__&x=1"), 4);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    stage.awaitSettled(id);
    for (URI link : linksOf(id)) {
      visit(link, PHONE);
    }
    URI first = linksOf(id).getFirst();
    String token = first.getPath().substring("/l/".length());
    assertLeadsTo("https://shop.example/sale?click=" + token + "&x=1", first);
    int clicked = linksOf(id).size();
    await()
        .untilAsserted(
            () -> assertThat(stage.analytics(id).path("clicked").asInt()).isEqualTo(clicked));

    Map<String, Object> order =
        Map.of(
            "conversionId",
            "A-1001",
            "clickToken",
            token,
            "value",
            Map.of("currency", "USD", "micros", "49900000"));
    JsonNode conversion = stage.api().post("conversions", order);
    assertThat(conversion.path("campaignId").asText()).isEqualTo(id);
    assertThat(stage.api().post("conversions", order)).isEqualTo(conversion);
    JsonNode totals = stage.api().get("campaigns/" + id + "/conversionTotals").path("totals");
    assertThat(totals).hasSize(1);
    assertThat(totals.at("/0/conversions").asText()).isEqualTo("1");
    assertThat(totals.at("/0/messages").asInt()).isEqualTo(1);
    assertThat(totals.at("/0/value/micros").asText()).isEqualTo("49900000");

    String again = stage.campaign("Asked again", "BROADCAST");
    JsonNode chosen =
        stage
            .api()
            .post(
                "campaigns/" + again + "/audience:fromCampaign",
                Map.of(
                    "sourceCampaignId",
                    id,
                    "filter",
                    Map.of("withEvidence", List.of("CLICKED")),
                    "converted",
                    "NOT_CONVERTED"));
    assertThat(chosen.path("accepted").asInt()).isEqualTo(clicked - 1);
  }

  @Test
  void nobodyGuessesALinkAndNoLinkLeadsElsewhere() throws Exception {
    String campaign = sent("Guessed", 2);
    String good = linksOf(campaign).getFirst().toString();
    Random random = new Random(42);
    int at = good.lastIndexOf('/') + 1;
    for (int i = at; i < good.length(); i++) {
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      URI wrong = URI.create(good.substring(0, i) + other + good.substring(i + 1));
      assertThat(visit(wrong, PHONE).statusCode()).as("character %s", i - at).isEqualTo(404);
    }
    for (String token :
        List.of("x", "AAAA", "A".repeat(36), "A".repeat(4000), "%2e%2e%2f", "..", "%00")) {
      int status = visit(URI.create(good.substring(0, at) + token), PHONE).statusCode();
      assertThat(status).as(token).isIn(400, 404, 414);
    }
    byte[] noise = new byte[27];
    for (int i = 0; i < 200; i++) {
      random.nextBytes(noise);
      String token = java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
      assertThat(visit(URI.create(good.substring(0, at) + token), PHONE).statusCode())
          .isEqualTo(404);
    }
    for (String extra :
        List.of(
            "?url=https://evil.example", "?target=//evil.example", "?next=https://evil.example")) {
      assertThat(visit(URI.create(good + extra), PHONE).headers().firstValue("Location"))
          .hasValue(TARGET);
    }
    assertThat(stage.api().get("campaigns/" + campaign + "/links").toString())
        .doesNotContain("evil");
  }

  @Test
  void whatCannotBeALinkIsRefusedWithItsField() {
    for (String target :
        List.of(
            "shop.example/sale",
            "javascript:alert(1)",
            "//shop.example",
            "https://user:pass@shop.example/",
            "https://",
            "ftp://shop.example/x")) {
      assertThat(refusal(tracked(target))).as(target).isEqualTo("LINK_INVALID");
    }
    assertThat(refusal(Map.of("placeholder", "body.1", "column", "first_name", "track", true)))
        .isEqualTo("LINK_NOT_FIXED");
    assertThat(refusal(Map.of("placeholder", "body.77", "text", "hello")))
        .isEqualTo("PLACEHOLDER_UNKNOWN");
  }

  private String refusal(Map<String, ?> parameter) {
    try {
      draft("Refused", parameter, 1);
      return "";
    } catch (Api.RefusedException e) {
      return e.reason();
    }
  }
}
