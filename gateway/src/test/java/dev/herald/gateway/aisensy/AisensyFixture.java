package dev.herald.gateway.aisensy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.Money;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.GetTemplateResponse;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateContent;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.TriggerResult;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.HeraldException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A workspace that is called as AiSensy would be. */
abstract class AisensyFixture {

  static final String UUID = "0190d2a4-7c1e-7000-8000-000000000001";

  static final String SEND = "/campaign/t1/api/v2";

  static TestGateway herald;

  static int names;

  // A name of its own for each test: campaigns are remembered for some seconds.
  String name;

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

  Answer expect(int status, String message, String body) {
    Answer answer = send(SEND, body);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.json().path("message").asText()).isEqualTo(message);
    assertThat(answer.json().path("errorMessage").asText()).isEqualTo(message);
    return answer;
  }

  static String body(String campaign, String destination, String parameters) {
    return """
    {"apiKey":"%s","campaignName":"%s","destination":"%s","userName":"A","templateParams":%s}
    """
        .formatted(TestGateway.OWNER_KEY, campaign, destination, parameters);
  }

  static Answer send(String path, String body) {
    return herald.send(
        herald
            .anonymous(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  static Answer projectPost(String path, String body) {
    return herald.send(
        herald
            .anonymous("/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/" + path)
            .header("X-AiSensy-Project-API-Pwd", TestGateway.OWNER_KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  static Answer projectGet(String path) {
    return herald.send(
        herald
            .anonymous("/project-apis/v1/project/65f0a1b2c3d4e5f6a7b8c9d0/" + path)
            .header("X-AiSensy-Project-API-Pwd", TestGateway.OWNER_KEY));
  }

  void campaign(String... placeholders) {
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

  static ListCampaignsResponse list(ListCampaignsRequest request, String campaignName) {
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

  static void refuseTrigger(String reason) {
    herald
        .services()
        .refuse(
            CampaignServiceGrpc.getTriggerCampaignMethod(),
            HeraldException.precondition(reason, "No."));
  }

  static LedgerEntry entry(LedgerEntry.Cause cause, long micros) {
    return LedgerEntry.newBuilder()
        .setCause(cause)
        .setCreateTime(Timestamps.fromSeconds(1_793_577_600))
        .setAmount(Money.newBuilder().setCurrency("USD").setMicros(micros))
        .build();
  }

  static List<TriggerCampaignRequest> triggered() {
    return herald.services().requests(CampaignServiceGrpc.getTriggerCampaignMethod());
  }
}
