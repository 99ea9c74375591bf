package dev.herald.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.BatchGetCampaignAnalyticsResponse;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.billing.v1.TopUpWalletRequest;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.GetCampaignResponse;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.PauseCampaignResponse;
import dev.herald.campaign.v1.UpdateCampaignResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import io.javalin.http.HandlerType;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoutesTest {
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
  void reset() {
    herald.services().reset();
  }

  @Test
  void aResourceStandsAtTheTopAndTheRestBesideIt() {
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getPauseCampaignMethod(),
            PauseCampaignResponse.newBuilder()
                .setCampaign(
                    Campaign.newBuilder()
                        .setId(7)
                        .setName("Diwali")
                        .setStatus(CampaignStatus.PAUSED))
                .setInFlight(3)
                .build());

    Answer answer = herald.post("/api/v1/campaigns/7:pause", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("id").asText()).isEqualTo("7");
    assertThat(answer.json().path("id").isTextual()).isTrue();
    assertThat(answer.json().path("status").asText()).isEqualTo("PAUSED");
    assertThat(answer.json().path("inFlight").asInt()).isEqualTo(3);
    assertThat(answer.json().path("audience").isInt()).isTrue();
  }

  @Test
  void theServiceIsCalledAsTheOneWhoAsks() {
    herald.get("/api/v1/wallet");

    var caller = herald.services().calls().getLast().caller();
    assertThat(caller.workspace()).isEqualTo(herald.workspace());
    assertThat(caller.role()).isEqualTo(Role.OWNER);
    assertThat(caller.subject()).isEqualTo("key:Bootstrap");
  }

  @Test
  void theListOfCampaignsCarriesTheirAnalytics() {
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getListCampaignsMethod(),
            ListCampaignsResponse.newBuilder()
                .addCampaigns(Campaign.newBuilder().setId(1).setName("one"))
                .addCampaigns(Campaign.newBuilder().setId(2).setName("two"))
                .setNextPageToken("more")
                .build());
    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getBatchGetCampaignAnalyticsMethod(),
            BatchGetCampaignAnalyticsResponse.newBuilder()
                .addAnalytics(CampaignAnalytics.newBuilder().setCampaignId(2).setDelivered(9))
                .build());

    Answer answer =
        herald.get("/api/v1/campaigns?statuses=LIVE&statuses=PAUSED&pageSize=20&text=a%20b");

    assertThat(answer.json().path("campaigns")).hasSize(2);
    assertThat(answer.json().at("/campaigns/0/analytics").isMissingNode()).isTrue();
    assertThat(answer.json().at("/campaigns/1/analytics/delivered").asInt()).isEqualTo(9);
    assertThat(answer.json().path("nextPageToken").asText()).isEqualTo("more");
    ListCampaignsRequest asked =
        herald.services().requests(CampaignServiceGrpc.getListCampaignsMethod()).getFirst();
    assertThat(asked.getStatusesList()).containsExactly(CampaignStatus.LIVE, CampaignStatus.PAUSED);
    assertThat(asked.getPageSize()).isEqualTo(20);
    assertThat(asked.getText()).isEqualTo("a b");
  }

  @Test
  void campaignsAreListedWhileAnalyticsIsAway() {
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getListCampaignsMethod(),
            ListCampaignsResponse.newBuilder()
                .addCampaigns(Campaign.newBuilder().setId(1))
                .build());
    herald
        .services()
        .refuse(
            CampaignAnalyticsServiceGrpc.getBatchGetCampaignAnalyticsMethod(),
            HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not just now."));

    assertThat(herald.get("/api/v1/campaigns").json().path("campaigns")).hasSize(1);
  }

  @Test
  void whatAServiceSaysOfARequestReachesTheClient() {
    herald
        .services()
        .refuse(
            CampaignServiceGrpc.getLaunchCampaignMethod(),
            HeraldException.precondition(
                "INSUFFICIENT_FUNDS", "Top up.", Map.of("missing_micros", "5000")));

    Answer answer = herald.post("/api/v1/campaigns/1:launch", "{}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.reason()).isEqualTo("INSUFFICIENT_FUNDS");
    assertThat(answer.json().at("/metadata/missing_micros").asText()).isEqualTo("5000");
    assertThat(answer.json().path("detail").asText()).isEqualTo("Top up.");
    assertThat(answer.json().path("requestId").asText()).isEqualTo(answer.header("X-Request-Id"));
  }

  @Test
  void fieldsAtFaultAreNamedAsInJson() {
    herald
        .services()
        .refuse(
            CampaignServiceGrpc.getCreateCampaignMethod(),
            HeraldException.invalid(
                "REQUEST_INVALID",
                "Bad.",
                List.of(
                    new FieldViolation("content.template.template_id", "int64.gt", "must be"))));

    Answer answer =
        herald.post(
            "/api/v1/campaigns",
            "{\"name\":\"a\",\"type\":\"API\",\"channelId\":\"1\",\"content\":{\"regular\":{\"text\":\"x\"}}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/violations/0/field").asText())
        .isEqualTo("content.template.templateId");
  }

  @Test
  void everythingWrongWithABodyIsSaidAtOnce() {
    Answer answer =
        herald.post(
            "/api/v1/campaigns",
            """
            {"name": 5, "type": "EMAIL", "channelId": "1e9", "maxRate": 99999999999,
             "content": {"template": {"templateId": "x", "parameters": [{"placeholder": true}]}},
             "startGrace": "soon", "price": 1}
            """);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("violations").findValuesAsText("field"))
        .containsExactlyInAnyOrder(
            "name",
            "type",
            "channelId",
            "maxRate",
            "content.template.templateId",
            "content.template.parameters[0].placeholder",
            "startGrace",
            "price");
    assertThat(herald.services().calls()).isEmpty();
  }

  @Test
  void anIdempotencyKeyBecomesTheRequestId() {
    herald.send(
        herald
            .request("/api/v1/wallet:topUp")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "payment-1")
            .POST(
                BodyPublishers.ofString(
                    "{\"amount\":{\"currency\":\"USD\",\"micros\":\"1000000\"}}")));

    TopUpWalletRequest asked =
        herald.services().requests(WalletServiceGrpc.getTopUpWalletMethod()).getFirst();
    assertThat(asked.getRequestId()).isEqualTo("payment-1");
    assertThat(asked.getAmount().getMicros()).isEqualTo(1_000_000);
  }

  @Test
  void withoutAnIdempotencyKeyOneIsMadeAndTold() {
    Answer answer =
        herald.post("/api/v1/wallet:topUp", "{\"amount\":{\"currency\":\"USD\",\"micros\":\"1\"}}");

    TopUpWalletRequest asked =
        herald.services().requests(WalletServiceGrpc.getTopUpWalletMethod()).getFirst();
    assertThat(asked.getRequestId()).isNotEmpty().isEqualTo(answer.header("Idempotency-Key"));
  }

  @Test
  void everyPostThatIsNotHarmlessToRepeatTakesAnIdempotencyKey() {
    Set<String> harmless =
        Set.of(
            // The second finds the state that the first has made, and answers it.
            "LaunchCampaign",
            "PauseCampaign",
            "ResumeCampaign",
            "StopCampaign",
            "RetryUnconfirmed",
            "SetOptOut",
            "EraseContact",
            "UpsertContacts",
            "ChangePassword",
            "SignOutEverywhere",
            // The second replaces what the first has made by the same.
            "UploadAudience",
            "SetAudienceFromContacts",
            "SetAudienceFromCampaign",
            "CreateSignInLink",
            "CheckChannel",
            "SyncTemplates",
            "ReconcileCampaign",
            // Applied twice is applied once.
            "ReplayQuarantined",
            // Never takes back.
            "MarkAlertsSeen",
            // Two tests are two tests.
            "SendTestAlert",
            // Has an id of its own.
            "RecordConversion",
            // Events are told at least once, each with its id: receivers know a repeat.
            "ReplayDelivery",
            "ReplayFailedDeliveries",
            // Nothing is kept.
            "EstimateCampaign",
            "EstimateCost",
            "PreviewTemplate",
            "SignIn",
            "CreateToken");
    for (Route route : herald.gateway().api().table()) {
      if (route.verb().equals(HandlerType.POST) && !harmless.contains(route.rpc().name())) {
        assertThat(route.rpc().request().findFieldByName("request_id"))
            .as(route.path())
            .isNotNull();
      }
    }
  }

  @Test
  void whoHasTheAnswerAlreadyGetsNoneAgain() {
    answerCampaign(3, 10);
    Answer first = herald.get("/api/v1/campaigns/4");
    String tag = first.header("ETag");
    assertThat(tag).matches("\"3-[0-9a-f]{24}\"");

    for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
      Answer again =
          herald.send(herald.request("/api/v1/campaigns/4").header("If-None-Match", known));
      assertThat(again.status()).as(known).isEqualTo(304);
      assertThat(again.bytes()).isEmpty();
      assertThat(again.header("ETag")).isEqualTo(tag);
    }

    // The version is the same, a figure is not.
    answerCampaign(3, 11);
    assertThat(
            herald
                .send(herald.request("/api/v1/campaigns/4").header("If-None-Match", tag))
                .status())
        .isEqualTo(200);
  }

  @Test
  void aChangeCanDependOnWhatWasSeen() {
    answerCampaign(3, 10);
    String tag = herald.get("/api/v1/campaigns/4").header("ETag");
    herald
        .services()
        .on(
            CampaignServiceGrpc.getUpdateCampaignMethod(),
            request -> {
              if (request.getExpectedVersion() != 3) {
                throw HeraldException.of(
                    HeraldException.Kind.ABORTED, "VERSION_MISMATCH", "Somebody was faster.");
              }
              return UpdateCampaignResponse.newBuilder()
                  .setCampaign(Campaign.newBuilder().setId(4).setVersion(4))
                  .build();
            });

    Answer changed = changeIf(tag);
    assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
    assertThat(changed.header("ETag")).startsWith("\"4-");
    assertThat(changeIf("\"2-000000000000000000000000\"").status()).isEqualTo(412);
    assertThat(changeIf("\"2-000000000000000000000000\"").reason()).isEqualTo("VERSION_MISMATCH");
    for (String odd : List.of("W/" + tag, tag + ", " + tag, "3", "\"\"", "x".repeat(1000))) {
      assertThat(changeIf(odd).status()).as(odd).isEqualTo(412);
    }
    Answer unsupported =
        herald.send(
            herald
                .request("/api/v1/campaigns/4:stop")
                .header("If-Match", tag)
                .POST(BodyPublishers.noBody()));
    assertThat(unsupported.reason()).isEqualTo("IF_MATCH_NOT_SUPPORTED");
  }

  private static void answerCampaign(long version, int attempted) {
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getGetCampaignMethod(),
            GetCampaignResponse.newBuilder()
                .setCampaign(
                    Campaign.newBuilder().setId(4).setVersion(version).setAttempted(attempted))
                .build());
  }

  private static Answer changeIf(String tag) {
    return herald.send(
        herald
            .request("/api/v1/campaigns/4")
            .header("Content-Type", "application/json")
            .header("If-Match", tag)
            .method("PATCH", BodyPublishers.ofString("{\"name\":\"a\"}")));
  }

  @Test
  void anIdInTheAddressCannotBeContradicted() {
    Answer answer = herald.patch("/api/v1/campaigns/5", "{\"campaignId\":\"6\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("PATH_CONTRADICTED");
  }

  @Test
  void anAddressThatIsNoIdIsRefused() {
    assertThat(herald.get("/api/v1/campaigns/abc").status()).isEqualTo(400);
    assertThat(herald.get("/api/v1/campaigns/0").status()).isEqualTo(400);
    assertThat(herald.get("/api/v1/campaigns/-1").status()).isEqualTo(400);
    assertThat(herald.get("/api/v1/campaigns/99999999999999999999").status()).isEqualTo(400);
    assertThat(herald.get("/api/v1/campaigns/1?colour=red").reason())
        .isEqualTo("PARAMETER_UNKNOWN");
  }

  @Test
  void verbsAndResourcesAreToldApart() {
    herald
        .services()
        .answer(
            CampaignServiceGrpc.getGetCampaignMethod(),
            GetCampaignResponse.newBuilder().setCampaign(Campaign.newBuilder().setId(4)).build());

    assertThat(herald.get("/api/v1/campaigns/4").json().path("id").asText()).isEqualTo("4");
    assertThat(herald.get("/api/v1/campaigns/4:estimate").status()).isEqualTo(200);
    assertThat(herald.services().calls().getLast().method()).endsWith("EstimateCampaign");
    assertThat(herald.post("/api/v1/campaigns/4:fly", "{}").status()).isIn(404, 405);
    assertThat(herald.delete("/api/v1/wallet").status()).isEqualTo(405);
    assertThat(herald.get("/api/v1/nothing").reason()).isEqualTo("ROUTE_NOT_FOUND");
  }

  @Test
  void aServiceThatIsAwayIs503AndTellsNothingOfOurInsides() {
    herald
        .services()
        .refuse(
            CampaignServiceGrpc.getGetCampaignMethod(),
            HeraldException.internal("a secret of the inside", null));

    Answer answer = herald.get("/api/v1/campaigns/4");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).doesNotContain("secret");
  }
}
