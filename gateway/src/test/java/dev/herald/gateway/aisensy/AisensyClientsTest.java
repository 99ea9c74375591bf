package dev.herald.gateway.aisensy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.GetTemplateResponse;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateContent;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.TriggerResult;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.HeraldException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that are out there, rebuilt: the requests they make and what they make of the answers.
 * For each, only host and key differ from what it does with AiSensy.
 */
class AisensyClientsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MESSAGE = "0190d2a4-7c1e-7000-8000-000000000001";
  private static final String NAME = "welcome";
  private static final String MEDIA_NAME = "brochure";

  private static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void campaigns() {
    herald.services().reset();
    herald
        .services()
        .on(
            CampaignServiceGrpc.getListCampaignsMethod(),
            request -> {
              ListCampaignsResponse.Builder page = ListCampaignsResponse.newBuilder();
              for (Campaign campaign :
                  List.of(campaign(77, NAME, 5), campaign(78, MEDIA_NAME, 6))) {
                if (campaign.getName().contains(request.getText())) {
                  page.addCampaigns(campaign);
                }
              }
              return page.build();
            });
    herald
        .services()
        .on(
            TemplateServiceGrpc.getGetTemplateMethod(),
            request -> {
              Template.Builder template = Template.newBuilder().setId(request.getTemplateId());
              if (request.getTemplateId() == 6) {
                template.addPlaceholders("header.media");
              }
              return GetTemplateResponse.newBuilder()
                  .setTemplate(template.addPlaceholders("body.1").addPlaceholders("body.2"))
                  .build();
            });
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getTriggerCampaignMethod(),
            TriggerCampaignResponse.newBuilder()
                .addResults(TriggerResult.newBuilder().setOrdinal(1).setMessageId(MESSAGE))
                .build());
  }

  /** AiSensy's own node for n8n. */
  @Test
  void theNodeForN8nTestsItsKeyBuildsItsFormAndSends() throws Exception {
    // The credential test asks for a campaign that need not exist: only 401 means a bad key.
    Answer good = n8nDetails(TestGateway.OWNER_KEY, "test");
    Answer bad = n8nDetails("hk_wrong", "test");
    assertThat(good.status()).isEqualTo(400);
    assertThat(good.json().path("message").asText()).isEqualTo("Campaign does not exist.");
    assertThat(bad.status()).isEqualTo(401);

    JsonNode form = n8nDetails(TestGateway.OWNER_KEY, MEDIA_NAME).json().path("requestBody");
    assertThat(form.path("templateParams").size()).isEqualTo(2);
    assertThat(form.has("media")).isTrue();
    assertThat(n8nDetails(TestGateway.OWNER_KEY, NAME).json().path("requestBody").has("media"))
        .isFalse();

    ObjectNode body = JSON.createObjectNode();
    body.put("campaignName", MEDIA_NAME).put("apiKey", TestGateway.OWNER_KEY);
    body.putArray("templateParams").add("Asha").add("Pune");
    body.put("destination", "919876543210").put("source", "n8n").put("userName", "Asha");
    body.putObject("attributes");
    body.putArray("meta_data");
    body.put("defaultCountryCode", "IN");
    body.putObject("paramsFallbackValue");
    body.putObject("media").put("url", "https://example.com/a.pdf").put("filename", "a.pdf");
    Answer sent = post("/campaign/t1/api/v2", body.toString(), "axios/1.7.2");

    assertThat(sent.status()).isEqualTo(200);
    assertThat(sent.json().path("success")).isEqualTo(JSON.readTree("\"true\""));
    assertThat(sent.json().path("submitted_message_id").asText()).isEqualTo(MESSAGE);
    assertThat(triggered().getParametersMap())
        .isEqualTo(
            Map.of(
                "header.media", "https://example.com/a.pdf", "body.1", "Asha", "body.2", "Pune"));
    assertThat(triggered().getAttributesMap()).isEqualTo(Map.of("source", "n8n"));
  }

  /** An app for Frappe: any status but 200 is an error, and errors must be JSON. */
  @Test
  void theAppForFrappeReadsEveryErrorAsJson() {
    String body =
        """
        {"apiKey": "%s", "campaignName": "%s", "destination": "+919876543210",
         "userName": "Asha", "templateParams": ["a", "b"]}
        """;
    String key = TestGateway.OWNER_KEY;
    assertThat(frappe(body.formatted(key, NAME))).isEqualTo(MESSAGE);
    assertThat(frappe(body.formatted(key, "nobody's"))).isEqualTo("Campaign does not exist.");
    assertThat(frappe(body.formatted("", NAME))).isEqualTo("Invalid API key");
    assertThat(frappe(body.formatted(key, NAME).replace(", \"b\"", "")))
        .isEqualTo("Template params does not match the campaign");
    assertThat(frappe(body.formatted(key, MEDIA_NAME))).isEqualTo("Media URL Missing");
    assertThat(frappe(body.formatted(key, NAME).replace("+919876543210", "12")))
        .isEqualTo("Invalid Number");
    refuse(HeraldException.precondition("INSUFFICIENT_FUNDS", "No."));
    assertThat(frappe(body.formatted(key, NAME)))
        .isEqualTo("Insufficient WhatsApp Conversation Credits (WCC)!");
    refuse(HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not just now."));
    assertThat(frappe(body.formatted(key, NAME))).isEqualTo("Not just now.");
    refuse(HeraldException.internal("of our insides", null));
    assertThat(frappe(body.formatted(key, NAME))).isEqualTo("Internal error");
  }

  /** A second app for Frappe keeps with each campaign how many parameters and what media it has. */
  @Test
  void campaignsKeptByAnotherSystemAreSentAsItHasThem() {
    record Kept(String name, int parameters, String mediaType) {}
    for (Kept kept : List.of(new Kept(NAME, 2, "TEXT"), new Kept(MEDIA_NAME, 2, "IMAGE"))) {
      ObjectNode body = JSON.createObjectNode();
      body.put("apiKey", TestGateway.OWNER_KEY).put("campaignName", kept.name());
      body.put("destination", "9876543210").put("userName", "Asha");
      for (int i = 0; i < kept.parameters(); i++) {
        body.withArrayProperty("templateParams").add("value " + i);
      }
      if (!kept.mediaType().equals("TEXT")) {
        body.putObject("media").put("url", "https://example.com/a.png").put("filename", "a");
      }
      assertThat(frappe(body.toString())).isEqualTo(MESSAGE);
    }
    assertThat(triggered().getPhone()).isEqualTo("+919876543210");
  }

  /** A Flask program: tags and a source, and 200 means sent. */
  @Test
  void aProgramThatTagsItsContacts() {
    Answer answer =
        post(
            "/campaign/t1/api/v2",
            """
            {"apiKey":"%s","campaignName":"%s","destination":"919876543210","userName":"Asha",
             "templateParams":["a","b"],"source":"website","tags":["lead","hot"]}
            """
                .formatted(TestGateway.OWNER_KEY, NAME),
            "python-requests/2.32.3");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(triggered().getTagsList()).containsExactly("lead", "hot");
    assertThat(triggered().getAttributesMap()).isEqualTo(Map.of("source", "website"));
  }

  /** What AiSensy's own page generates for curl, with all its empty containers. */
  @Test
  void theCommandThatAisensyGeneratesWorksAsItIs() {
    for (String path : List.of("/campaign/t1/api", "/campaign/t1/api/v2")) {
      Answer answer =
          post(
              path,
              """
              {
                "apiKey": "%s",
                "campaignName": "%s",
                "destination": "919876543210",
                "userName": "Asha Rao",
                "templateParams": ["$FirstName", "$LastName"],
                "source": "new-landing-page form",
                "media": {},
                "buttons": [],
                "carouselCards": [],
                "location": {},
                "attributes": {},
                "paramsFallbackValue": {"FirstName": "user", "LastName": "user"}
              }
              """
                  .formatted(TestGateway.OWNER_KEY, NAME),
              "curl/8.5.0");
      // Small integrations: r.ok && data.success !== "false"
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("success").asText()).isNotEqualTo("false");
    }
    assertThat(triggered().getParametersMap()).isEqualTo(Map.of("body.1", "Asha", "body.2", "Rao"));
  }

  /** A reader of the Project API follows the cursor until there is none. */
  @Test
  void aReaderOfTheProjectFollowsTheCursorToItsEnd() {
    herald
        .services()
        .on(
            CampaignAnalyticsServiceGrpc.getListMessagesMethod(),
            request -> {
              int from = request.getPageToken().isEmpty() ? 0 : 2;
              ListMessagesResponse.Builder page = ListMessagesResponse.newBuilder();
              for (int i = from; i < from + 2; i++) {
                page.addMessages(Message.newBuilder().setCampaignId(77).setOrdinal(i));
              }
              return page.setNextPageToken(from == 0 ? "next" : "").build();
            });
    List<JsonNode> people = new ArrayList<>();
    String after = "";
    do {
      JsonNode page =
          herald
              .send(
                  herald
                      .anonymous(
                          "/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/campaign/audience/77"
                              + "?category=READ&limit=2"
                              + (after.isEmpty() ? "" : "&after=" + after))
                      .header("X-AiSensy-Project-API-Pwd", TestGateway.OWNER_KEY))
              .json();
      page.path("audience").forEach(people::add);
      after = page.path("next_after").isNull() ? "" : page.path("next_after").asText();
    } while (!after.isEmpty());
    assertThat(people).hasSize(4);
  }

  /** The message id on success, else the error as published clients find it. */
  private static String frappe(String body) {
    Answer answer = post("/campaign/t1/api/v2", body, "python-requests/2.32.3");
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    JsonNode json = answer.json();
    if (answer.status() == 200) {
      return json.path("submitted_message_id").asText();
    }
    for (String field : List.of("errorMessage", "message", "error")) {
      if (json.hasNonNull(field)) {
        return json.path(field).asText();
      }
    }
    return "";
  }

  private static Answer n8nDetails(String key, String campaign) {
    return post(
        "/campaign/t1/api/campaign-details",
        "{\"apiKey\":\"%s\",\"campaignName\":\"%s\"}".formatted(key, campaign),
        "axios/1.7.2");
  }

  private static Answer post(String path, String body, String client) {
    return herald.send(
        herald
            .anonymous(path)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/plain, */*")
            .header("User-Agent", client)
            .POST(BodyPublishers.ofString(body)));
  }

  private static TriggerRecipient triggered() {
    List<TriggerCampaignRequest> requests =
        herald.services().requests(CampaignServiceGrpc.getTriggerCampaignMethod());
    return requests.getLast().getRecipients(0);
  }

  private static void refuse(HeraldException error) {
    herald.services().refuse(CampaignServiceGrpc.getTriggerCampaignMethod(), error);
  }

  private static Campaign campaign(long id, String name, long template) {
    return Campaign.newBuilder()
        .setId(id)
        .setName(name)
        .setType(CampaignType.API)
        .setStatus(CampaignStatus.LIVE)
        .setContent(
            Content.newBuilder().setTemplate(TemplateContent.newBuilder().setTemplateId(template)))
        .build();
  }
}
