package dev.herald.gateway.aisensy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.BatchGetCampaignAnalyticsResponse;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceSeen;
import dev.herald.analytics.v1.GetTimeSeriesResponse;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.SeriesPoint;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.ListLedgerEntriesResponse;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsResponse;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Contact;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.GetContactResponse;
import dev.herald.campaign.v1.GetTemplateResponse;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.Recipient;
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
import dev.herald.runtime.access.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AisensyTest {
  private static final String UUID = "0190d2a4-7c1e-7000-8000-000000000001";
  private static final String SEND = "/campaign/t1/api/v2";

  private static TestGateway herald;
  private static int names;

  // A name of its own for each test: campaigns are remembered for some seconds.
  private String name;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    name = "order shipped " + ++names;
    herald.services().reset();
    campaign("header.media", "body.1", "body.2", "button.0.1");
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getTriggerCampaignMethod(),
            TriggerCampaignResponse.newBuilder()
                .addResults(TriggerResult.newBuilder().setOrdinal(1).setMessageId(UUID))
                .build());
  }

  @Test
  void aCallIsTakenAndAnsweredAsAisensyDoes() {
    for (String path : List.of("/campaign/t1/api", SEND, "/campaign/smartping/api/v2")) {
      Answer answer =
          send(
              path,
              """
              {"apiKey":"%s","campaignName":"%s","destination":"+919876543210","userName":"Asha",
               "source":"shop","media":{"url":"https://example.com/a.png","filename":"a.png"},
               "templateParams":["Asha",42],"tags":["vip"],"attributes":{"city":"Pune"},
               "buttons":[{"type":"button","sub_type":"url","index":"0",
                           "parameters":[{"type":"text","text":"track/7"}]}],
               "carouselCards":[],"location":{},"meta_data":[],"unknown":{"a":[1]}}
              """
                  .formatted(TestGateway.OWNER_KEY, name));

      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(answer.text())
          .isEqualTo("{\"success\":\"true\",\"submitted_message_id\":\"" + UUID + "\"}");
    }
    TriggerCampaignRequest asked = triggered().getLast();
    assertThat(asked.getCampaignId()).isEqualTo(77);
    assertThat(asked.getRequestId()).isNotEmpty();
    TriggerRecipient recipient = asked.getRecipients(0);
    assertThat(recipient.getPhone()).isEqualTo("+919876543210");
    assertThat(recipient.getName()).isEqualTo("Asha");
    assertThat(recipient.getTagsList()).containsExactly("vip");
    assertThat(recipient.getAttributesMap()).isEqualTo(Map.of("city", "Pune", "source", "shop"));
    assertThat(recipient.getParametersMap())
        .isEqualTo(
            Map.of(
                "header.media", "https://example.com/a.png",
                "body.1", "Asha",
                "body.2", "42",
                "button.0.1", "track/7"));
  }

  @Test
  void emptyContainersCountAsAbsent() {
    campaign("body.1");
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"919876543210","userName":"A",
             "templateParams":["x"],"media":{},"buttons":[],"carouselCards":[],"location":{},
             "attributes":{},"paramsFallbackValue":{},"tags":[],"meta_data":[]}
            """
                .formatted(TestGateway.OWNER_KEY, name));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getParametersMap())
        .isEqualTo(Map.of("body.1", "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "+919876543210,,+919876543210",
    "919876543210,,+919876543210",
    "9876543210,,+919876543210",
    "+1 415 555 2671,,+14155552671",
    "14155552671,,+14155552671",
    "0171 2345678,DE,+491712345678",
    "09876543210,IN,+919876543210"
  })
  void numbersComeInManySpellings(String destination, String country, String expected) {
    campaign("body.1");
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"%s","userName":"A",
             "templateParams":["x"],"defaultCountryCode":"%s"}
            """
                .formatted(
                    TestGateway.OWNER_KEY, name, destination, country == null ? "" : country));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getPhone()).isEqualTo(expected);
  }

  @Test
  void errorsAreThoseThatClientsKnow() {
    campaign("body.1");
    expect(400, "Campaign does not exist.", body("nobody's campaign", "919876543210", "[\"x\"]"));
    expect(400, "Invalid Number", body(name, "12", "[\"x\"]"));
    expect(400, "Invalid Number", body(name, "not a number", "[\"x\"]"));
    expect(400, "Template params does not match the campaign", body(name, "919876543210", "[]"));
    expect(
        400,
        "Template params does not match the campaign",
        body(name, "919876543210", "[\"a\",\"b\"]"));
    expect(401, "Invalid API key", body(name, "919876543210", "[\"x\"]").replace("hk_", "xx_"));
    expect(400, "The body must be a JSON object", "[]");
    expect(400, "The body must be a JSON object", "{");

    refuseTrigger("INSUFFICIENT_FUNDS");
    Answer poor =
        expect(
            402,
            "Insufficient WhatsApp Conversation Credits (WCC)!",
            body(name, "919876543210", "[\"x\"]"));
    assertThat(poor.json().path("name").asText()).isEqualTo("ERR402");
    assertThat(poor.json().path("errorCode").asInt()).isEqualTo(402);
    assertThat(poor.json().path("aisTraceId").asText()).startsWith("ais_");

    refuseTrigger("CAMPAIGN_NOT_LIVE");
    expect(400, "Campaign is not live.", body(name, "919876543210", "[\"x\"]"));
  }

  @Test
  void mediaThatTheCampaignNeedsMustCome() {
    expect(400, "Media URL Missing", body(name, "919876543210", "[\"a\",\"b\"]"));
  }

  @Test
  void aViewersKeyCannotSend() {
    Answer answer =
        send(
            SEND,
            body(name, "919876543210", "[\"x\"]")
                .replace(TestGateway.OWNER_KEY, herald.key(Role.VIEWER)));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(triggered()).isEmpty();
  }

  @Test
  void variablesStandForWhatIsKnownOfThePerson() {
    campaign("body.1", "body.2", "body.3", "body.4");
    herald
        .services()
        .answer(
            ContactServiceGrpc.getGetContactMethod(),
            GetContactResponse.newBuilder()
                .setContact(Contact.newBuilder().setName("Asha Rao").putAttributes("city", "Pune"))
                .build());
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"919876543210","userName":"Asha Rao",
             "templateParams":["$FirstName","$city","$colour","$5 off"],
             "paramsFallbackValue":{"FirstName":"user","colour":"blue"}}
            """
                .formatted(TestGateway.OWNER_KEY, name));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getParametersMap())
        .isEqualTo(
            Map.of("body.1", "Asha", "body.2", "Pune", "body.3", "blue", "body.4", "$5 off"));
  }

  @Test
  void campaignDetailsTellTheFormAndTestTheKey() {
    String request = "{\"apiKey\":\"%s\",\"campaignName\":\"%s\"}";
    Answer details =
        send("/campaign/t1/api/campaign-details", request.formatted(TestGateway.OWNER_KEY, name));
    assertThat(details.status()).isEqualTo(200);
    assertThat(details.json().at("/requestBody/templateParams")).hasSize(2);
    assertThat(details.json().at("/requestBody/media").isObject()).isTrue();

    Answer unknown =
        send("/campaign/t1/api/campaign-details", request.formatted(TestGateway.OWNER_KEY, "test"));
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.json().path("message").asText()).isEqualTo("Campaign does not exist.");
    assertThat(send("/campaign/t1/api/campaign-details", request.formatted("x", "test")).status())
        .isEqualTo(401);
  }

  @Test
  void theProjectApiListsCampaigns() {
    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getBatchGetCampaignAnalyticsMethod(),
            BatchGetCampaignAnalyticsResponse.newBuilder()
                .addAnalytics(CampaignAnalytics.newBuilder().setCampaignId(77).setSubmitted(5))
                .build());

    Answer answer = projectPost("campaigns", "{\"skip\":0,\"limit\":100,\"campaignType\":\"ALL\"}");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().at("/campaigns/0/_id").asText()).isEqualTo("77");
    assertThat(answer.json().at("/campaigns/0/submitted_count").asInt()).isEqualTo(5);
    assertThat(answer.json().at("/campaigns/0/message_payload/template/name").asText())
        .isEqualTo("shipped");
    assertThat(projectGet("campaigns").status()).isEqualTo(404);
    assertThat(projectGet("campaign/api?limit=1").json().at("/campaigns/0/type").asText())
        .isEqualTo("API");
    assertThat(projectPost("campaigns", "{\"skip\":1}").json().path("campaigns")).isEmpty();
  }

  @Test
  void dailyAnalyticsComeWithWhatTheyCost() {
    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getGetTimeSeriesMethod(),
            GetTimeSeriesResponse.newBuilder()
                .addPoints(
                    SeriesPoint.newBuilder()
                        .setStartTime(Timestamps.fromSeconds(1_793_577_600))
                        .setSent(10)
                        .setDelivered(8))
                .build());
    herald
        .services()
        .answer(
            WalletServiceGrpc.getListLedgerEntriesMethod(),
            ListLedgerEntriesResponse.newBuilder()
                .addEntries(entry(LedgerEntry.Cause.CHARGE, 900_000))
                .addEntries(entry(LedgerEntry.Cause.REFUND, 90_000))
                .build());

    Answer answer =
        projectPost(
            "campaign/analytics/77", "{\"start_date\":\"2026-11-01\",\"end_date\":\"2026-11-03\"}");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().at("/analytics/0/date").asText()).isEqualTo("2026-11-02");
    assertThat(answer.json().at("/analytics/0/sent").asInt()).isEqualTo(10);
    assertThat(answer.json().at("/analytics/0/credit_usage").decimalValue())
        .isEqualByComparingTo("0.81");
    assertThat(projectPost("campaign/analytics/77", "{\"start_date\":\"02.11.2026\"}").status())
        .isEqualTo(400);
  }

  @Test
  void peopleAreListedByWhatHappened() {
    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getListMessagesMethod(),
            ListMessagesResponse.newBuilder()
                .addMessages(
                    Message.newBuilder()
                        .setCampaignId(77)
                        .setOrdinal(3)
                        .setBucket(Bucket.BUCKET_READ)
                        .addEvidence(
                            EvidenceSeen.newBuilder()
                                .setKind(EvidenceKind.READ)
                                .setTime(Timestamps.fromSeconds(1_790_000_000))))
                .setNextPageToken("cursor")
                .build());
    herald
        .services()
        .answer(
            AudienceServiceGrpc.getBatchGetRecipientsMethod(),
            BatchGetRecipientsResponse.newBuilder()
                .addRecipients(
                    Recipient.newBuilder()
                        .setCampaignId(77)
                        .setOrdinal(3)
                        .setPhone("+919876543210")
                        .setName("Asha"))
                .build());

    for (String category : List.of("SENT", "DELIVERED", "READ", "FAILED", "REPLIED", "CLICKED")) {
      Answer answer = projectGet("campaign/audience/77?limit=5&category=" + category);
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(answer.json().at("/audience/0/number").asText()).isEqualTo("919876543210");
      assertThat(answer.json().at("/audience/0/read_at").asText())
          .isEqualTo("2026-09-21T14:13:20Z");
      assertThat(answer.json().path("next_after").asText()).isEqualTo("cursor");
    }
    projectGet("campaign/audience/77?category=DELIVERED&after=cursor");
    ListMessagesRequest asked =
        herald.services().requests(CampaignAnalyticsServiceGrpc.getListMessagesMethod()).getLast();
    assertThat(asked.getPageToken()).isEqualTo("cursor");
    assertThat(asked.getPageSize()).isEqualTo(20);
    assertThat(asked.getFilter().getBucketsList())
        .containsExactly(Bucket.BUCKET_DELIVERED, Bucket.BUCKET_READ);
    assertThat(projectGet("campaign/audience/77?category=EVERYBODY").status()).isEqualTo(400);
  }

  @Test
  void theProjectNeedsItsKey() {
    assertThat(
            herald
                .send(herald.anonymous("/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/"))
                .status())
        .isEqualTo(401);
    assertThat(projectGet("").json().path("plan").asText()).isEqualTo("SELF_HOSTED");
  }

  private Answer expect(int status, String message, String body) {
    Answer answer = send(SEND, body);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.json().path("message").asText()).isEqualTo(message);
    assertThat(answer.json().path("errorMessage").asText()).isEqualTo(message);
    return answer;
  }

  private static String body(String campaign, String destination, String parameters) {
    return """
    {"apiKey":"%s","campaignName":"%s","destination":"%s","userName":"A","templateParams":%s}
    """
        .formatted(TestGateway.OWNER_KEY, campaign, destination, parameters);
  }

  private static Answer send(String path, String body) {
    return herald.send(
        herald
            .anonymous(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static Answer projectPost(String path, String body) {
    return herald.send(
        herald
            .anonymous("/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/" + path)
            .header("X-AiSensy-Project-API-Pwd", TestGateway.OWNER_KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static Answer projectGet(String path) {
    return herald.send(
        herald
            .anonymous("/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/" + path)
            .header("X-AiSensy-Project-API-Pwd", TestGateway.OWNER_KEY));
  }

  private void campaign(String... placeholders) {
    String campaignName = name;
    herald
        .services()
        .on(
            CampaignServiceGrpc.getListCampaignsMethod(),
            (ListCampaignsRequest request) -> list(request, campaignName));
    herald
        .services()
        .answer(
            TemplateServiceGrpc.getGetTemplateMethod(),
            GetTemplateResponse.newBuilder()
                .setTemplate(
                    Template.newBuilder().setId(5).addAllPlaceholders(List.of(placeholders)))
                .build());
  }

  private static ListCampaignsResponse list(ListCampaignsRequest request, String campaignName) {
    Campaign campaign =
        Campaign.newBuilder()
            .setId(77)
            .setName(campaignName)
            .setType(CampaignType.API)
            .setStatus(CampaignStatus.LIVE)
            .setContent(
                Content.newBuilder()
                    .setTemplate(TemplateContent.newBuilder().setTemplateId(5).setName("shipped")))
            .build();
    ListCampaignsResponse.Builder page = ListCampaignsResponse.newBuilder();
    // As campaign-service searches: part of the name, whatever its case.
    if (campaignName.contains(request.getText())) {
      page.addCampaigns(campaign);
    }
    return page.build();
  }

  private static void refuseTrigger(String reason) {
    herald
        .services()
        .refuse(
            CampaignServiceGrpc.getTriggerCampaignMethod(),
            HeraldException.precondition(reason, "No."));
  }

  private static LedgerEntry entry(LedgerEntry.Cause cause, long micros) {
    return LedgerEntry.newBuilder()
        .setCause(cause)
        .setCreateTime(Timestamps.fromSeconds(1_793_577_600))
        .setAmount(Money.newBuilder().setCurrency("USD").setMicros(micros))
        .build();
  }

  private static List<TriggerCampaignRequest> triggered() {
    return herald.services().requests(CampaignServiceGrpc.getTriggerCampaignMethod());
  }
}
