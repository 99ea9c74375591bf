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
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsResponse;
import dev.herald.campaign.v1.Recipient;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reading half of the project API. */
class AisensyProjectTest extends AisensyFixture {

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
}
