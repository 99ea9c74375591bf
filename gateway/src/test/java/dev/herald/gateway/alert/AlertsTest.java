package dev.herald.gateway.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.GetCampaignAnalyticsResponse;
import dev.herald.billing.v1.CampaignCost;
import dev.herald.billing.v1.ListUntoldWalletNoticesResponse;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.UntoldWalletNotice;
import dev.herald.billing.v1.WalletFeedServiceGrpc;
import dev.herald.billing.v1.WalletNotice;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.ListUntoldNoticesResponse;
import dev.herald.campaign.v1.ListUntoldStatusChangesResponse;
import dev.herald.campaign.v1.UntoldNotice;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.Receiver;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.process.FreePorts;
import io.grpc.MethodDescriptor;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people are told, to whom, and how often, with a real mail server. */
class AlertsTest {
  private static final String ANNA = "anna@example.com";
  private static final String BEN = "ben@example.com";

  private static GreenMail post;
  private static TestGateway herald;

  private final long id = Ids.next();

  @BeforeAll
  static void start() {
    post = new GreenMail(new ServerSetup(FreePorts.next(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    post.start();
    herald =
        TestGateway.start(
            Map.of(
                "HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8",
                "HERALD_PUBLIC_URL", "https://herald.example.com",
                "HERALD_ALERT_SUMMARY_DELAY", "1s",
                "HERALD_SMTP_HOST", "127.0.0.1",
                "HERALD_SMTP_PORT", Integer.toString(post.getSmtp().getPort()),
                "HERALD_SMTP_SECURITY", "NONE",
                "HERALD_SMTP_FROM", "Herald <herald@example.com>"));
  }

  @AfterAll
  static void stop() {
    herald.close();
    post.stop();
  }

  @BeforeEach
  void reset() throws FolderException {
    herald.services().reset();
    post.purgeEmailFromAllMailboxes();
    settings("[]", "[]");
  }

  @Test
  void aPauseByHeraldIsToldOnceEveryWay() throws Exception {
    settings("[\"%s\",\"%s\"]".formatted(ANNA, BEN), "[]");
    try (Receiver receiver = new Receiver()) {
      String subscription =
          herald
              .post(
                  "/api/v1/subscriptions",
                  """
                  {"name": "CRM", "url": "%s", "eventTypes": ["ALERT_RAISED"]}
                  """
                      .formatted(receiver.url()))
              .json()
              .path("subscription")
              .path("id")
              .asText();
      // Offered again and again, as if no acknowledgement arrived.
      offer(paused("Diwali\r\nBcc: eve@example.com", "herald"));
      await().until(() -> asked(CampaignFeedServiceGrpc.getAcknowledgeStatusChangesMethod()) >= 3);

      JsonNode alert = alert("was paused");
      assertThat(alert.path("kind").asText()).isEqualTo("CAMPAIGN_PAUSED");
      assertThat(alert.path("severity").asText()).isEqualTo("WARNING");
      assertThat(alert.path("text").asText()).isEqualTo("The template was paused.");
      assertThat(alert.path("campaignId").asText()).isEqualTo(Long.toString(id));

      await().until(() -> receiver.calls().size() == 1);
      JsonNode event = receiver.calls().getFirst().json();
      assertThat(event.path("type").asText()).isEqualTo("alert.raised");
      assertThat(event.path("data").path("kind").asText()).isEqualTo("CAMPAIGN_PAUSED");
      assertThat(event.path("data").path("text").asText()).isEqualTo("The template was paused.");

      await().until(() -> post.getReceivedMessages().length == 2);
      for (MimeMessage message : post.getReceivedMessages()) {
        assertThat(message.getAllRecipients()).hasSize(1);
        assertThat(message.getHeader("Bcc")).isNull();
        assertThat(message.getSubject())
            .isEqualTo("[Herald] Campaign “Diwali Bcc: eve@example.com” was paused");
        assertThat(text(message))
            .contains("The template was paused.", "https://herald.example.com/campaigns/" + id);
      }
      assertThat(readers()).containsExactlyInAnyOrder(ANNA, BEN);
      assertThat(receiver.calls()).hasSize(1);
      assertThat(titles()).filteredOn(title -> title.contains("Diwali")).hasSize(1);
      herald.delete("/api/v1/subscriptions/" + subscription);
    }
  }

  @Test
  void whatPeopleDidThemselvesIsNoNews() {
    offer(paused("By hand", "ann@example.com"), stopped("Stopped"));
    await().until(() -> asked(CampaignFeedServiceGrpc.getAcknowledgeStatusChangesMethod()) >= 2);
    raiseTest();
    assertThat(titles()).noneMatch(title -> title.contains("By hand"));
    assertThat(titles()).noneMatch(title -> title.contains("Stopped"));
  }

  @Test
  void aFinishedCampaignIsToldWithItsFiguresAsSoonAsTheyAreToBeHad() throws Exception {
    settings("[\"%s\"]".formatted(ANNA), "[\"CAMPAIGN_FINISHED\"]");
    herald
        .services()
        .refuse(
            CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod(),
            HeraldException.unavailable("SERVICE_UNAVAILABLE", "Not now."));
    offer(finished("Harvest"));
    await().until(() -> asked(CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod()) >= 1);
    assertThat(titles()).noneMatch(title -> title.contains("Harvest"));

    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod(),
            GetCampaignAnalyticsResponse.newBuilder()
                .setAnalytics(
                    CampaignAnalytics.newBuilder()
                        .setCampaignId(id)
                        .setAudience(12_000)
                        .setSent(11_000)
                        .setDelivered(10_000)
                        .setRead(4000)
                        .setFailed(900)
                        .setSkipped(100)
                        .setCost(CampaignCost.newBuilder().setCharged(usd(12_340_000))))
                .build());
    JsonNode alert = alert("Harvest");
    assertThat(alert.path("kind").asText()).isEqualTo("CAMPAIGN_FINISHED");
    assertThat(alert.path("text").asText())
        .isEqualTo(
            "12,000 recipients: 11,000 sent, 10,000 delivered, 4,000 read, 900 failed, 100 skipped."
                + " Charged: 12.34 USD.");
    assertThat(alert.path("figures").path("sent").asInt()).isEqualTo(11_000);
    await().until(() -> post.getReceivedMessages().length == 1);
    assertThat(text(post.getReceivedMessages()[0])).contains("11,000 sent", "12.34 USD");
  }

  @Test
  void whatWhatsAppChangedIsToldInWords() {
    offerNotices(
        notice(1)
            .setTemplateId(5)
            .setName("diwali (en)")
            .setField(UntoldNotice.Field.STATUS)
            .setOldValue("APPROVED")
            .setNewValue("PAUSED")
            .setReason("LOW_QUALITY")
            .build(),
        notice(2)
            .setTemplateId(5)
            .setName("diwali (en)")
            .setField(UntoldNotice.Field.CATEGORY)
            .setOldValue("UTILITY")
            .setNewValue("MARKETING")
            .build(),
        notice(3)
            .setName("Sales")
            .setField(UntoldNotice.Field.QUALITY)
            .setOldValue("GREEN")
            .setNewValue("RED")
            .build(),
        notice(4)
            .setName("Sales")
            .setField(UntoldNotice.Field.HELD)
            .setNewValue("The access token is not valid any more.")
            .build());
    await().until(() -> asked(CampaignFeedServiceGrpc.getAcknowledgeNoticesMethod()) >= 2);

    JsonNode paused = alert("Template diwali (en) is PAUSED");
    assertThat(paused.path("severity").asText()).isEqualTo("WARNING");
    assertThat(paused.path("text").asText()).contains("Before: APPROVED", "LOW_QUALITY");
    assertThat(alert("moved to MARKETING").path("text").asText()).contains("another price");
    assertThat(alert("Number Sales: quality is RED").path("severity").asText())
        .isEqualTo("WARNING");
    assertThat(alert("Number Sales cannot send").path("text").asText())
        .isEqualTo("The access token is not valid any more.");
    assertThat(titles()).filteredOn(title -> title.contains("diwali (en) is PAUSED")).hasSize(1);
  }

  @Test
  void aLowWalletIsTold() {
    WalletNotice low =
        WalletNotice.newBuilder()
            .setId(id)
            .setKind(WalletNotice.Kind.LOW_BALANCE)
            .setCreateTime(now())
            .setAvailable(usd(4_000_000))
            .setLowBalanceThreshold(usd(5_000_000))
            .build();
    herald
        .services()
        .answer(
            WalletFeedServiceGrpc.getListUntoldWalletNoticesMethod(),
            ListUntoldWalletNoticesResponse.newBuilder()
                .addNotices(
                    UntoldWalletNotice.newBuilder()
                        .setWorkspaceId(herald.workspace())
                        .setNotice(low))
                .build());
    JsonNode alert = alert("running low");
    assertThat(alert.path("text").asText())
        .startsWith("4.00 USD are available, the threshold is 5.00 USD.");
    await()
        .until(
            () ->
                herald
                    .services()
                    .requests(WalletFeedServiceGrpc.getAcknowledgeWalletNoticesMethod())
                    .stream()
                    .anyMatch(request -> request.getNotices(0).getId() == id));
  }

  @Test
  void everybodyHasAnEyeOfTheirOwn() {
    raiseTest();
    String viewer = herald.key(Role.VIEWER);
    int unseen = list().path("unseen").asInt();
    assertThat(unseen).isPositive();
    String newest = list().path("alerts").get(0).path("id").asText();

    assertThat(herald.post("/api/v1/alerts:seen", "{\"alertId\": \"" + newest + "\"}").status())
        .isEqualTo(200);
    assertThat(list().path("unseen").asInt()).isZero();
    assertThat(as(viewer, "/api/v1/alerts").json().path("unseen").asInt()).isEqualTo(unseen);

    // An older one, and one of the future: nothing is taken back, nothing is seen in advance.
    herald.post("/api/v1/alerts:seen", "{\"alertId\": \"1\"}");
    assertThat(list().path("unseen").asInt()).isZero();
    herald.post("/api/v1/alerts:seen", "{\"alertId\": \"" + Long.MAX_VALUE + "\"}");
    raiseTest();
    assertThat(list().path("unseen").asInt()).isEqualTo(1);
  }

  @Test
  void theListIsPaged() {
    for (int i = 0; i < 5; i++) {
      raiseTest();
    }
    Set<String> seen = new HashSet<>();
    String token = "";
    int pages = 0;
    do {
      JsonNode page = herald.get("/api/v1/alerts?pageSize=2&pageToken=" + token).json();
      assertThat(page.path("alerts").size()).isBetween(1, 2);
      page.path("alerts")
          .forEach(alert -> assertThat(seen.add(alert.path("id").asText())).isTrue());
      token = page.path("nextPageToken").asText();
      pages++;
    } while (!token.isEmpty());
    assertThat(seen).hasSizeGreaterThanOrEqualTo(5);
    assertThat(pages).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aMailServerThatIsAwayGetsTheMessageWhenItIsBack() throws Exception {
    settings("[\"%s\"]".formatted(ANNA), "[]");
    post.stop();
    try {
      raiseTest();
      await()
          .until(
              () ->
                  herald
                          .jdbi()
                          .withHandle(
                              handle ->
                                  handle
                                      .createQuery(
                                          "select count(*) from gateway.alert_email where state ="
                                              + " 'PENDING' and error <> ''")
                                      .mapTo(Integer.class)
                                      .one())
                      == 1);
    } finally {
      post.start();
    }
    await().until(() -> post.getReceivedMessages().length == 1);
    assertThat(post.getReceivedMessages()[0].getSubject()).isEqualTo("[Herald] This is a test");
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (String wrong : List.of("no address", "Ann <ann@example.com>", "a@b@c", "ann@", "@b.com")) {
      assertThat(
              herald
                  .patch("/api/v1/alertSettings", "{\"emails\": [\"%s\"]}".formatted(wrong))
                  .json()
                  .toString())
          .contains("EMAIL_INVALID", "emails");
    }
    assertThat(herald.get("/api/v1/alertSettings").json().path("settings").path("emails"))
        .isEmpty();
    String viewer = herald.key(Role.VIEWER);
    assertThat(as(viewer, "/api/v1/alertSettings").status()).isEqualTo(403);
  }

  @Test
  void withoutAMailServerNobodyIsPromisedMail() {
    try (TestGateway silent = TestGateway.start()) {
      assertThat(
              silent
                  .patch("/api/v1/alertSettings", "{\"emails\": [\"%s\"]}".formatted(ANNA))
                  .json()
                  .toString())
          .contains("EMAIL_NOT_CONFIGURED", "HERALD_SMTP_HOST");
      assertThat(
              silent
                  .get("/api/v1/alertSettings")
                  .json()
                  .path("settings")
                  .path("emailConfigured")
                  .asBoolean())
          .isFalse();
    }
  }

  private static void settings(String emails, String kinds) {
    assertThat(
            herald
                .patch(
                    "/api/v1/alertSettings",
                    "{\"emails\": %s, \"kinds\": %s}".formatted(emails, kinds))
                .status())
        .isEqualTo(200);
  }

  private static Answer as(String key, String path) {
    return herald.send(herald.requestWith(key, path).GET());
  }

  private static JsonNode list() {
    return herald.get("/api/v1/alerts?pageSize=1000").json();
  }

  private static List<String> titles() {
    List<String> titles = new ArrayList<>();
    list().path("alerts").forEach(alert -> titles.add(alert.path("title").asText()));
    return titles;
  }

  private static void raiseTest() {
    int before = titles().size();
    assertThat(herald.post("/api/v1/alerts:test", "{}").status()).isEqualTo(200);
    await().until(() -> titles().size() > before);
  }

  private static JsonNode alert(String title) {
    await().until(() -> titles().stream().anyMatch(one -> one.contains(title)));
    for (JsonNode alert : list().path("alerts")) {
      if (alert.path("title").asText().contains(title)) {
        return alert;
      }
    }
    throw new AssertionError("gone: " + title);
  }

  private static void offer(UntoldStatusChange... changes) {
    herald
        .services()
        .answer(
            CampaignFeedServiceGrpc.getListUntoldStatusChangesMethod(),
            ListUntoldStatusChangesResponse.newBuilder().addAllChanges(List.of(changes)).build());
  }

  private static void offerNotices(UntoldNotice... notices) {
    herald
        .services()
        .answer(
            CampaignFeedServiceGrpc.getListUntoldNoticesMethod(),
            ListUntoldNoticesResponse.newBuilder().addAllNotices(List.of(notices)).build());
  }

  private UntoldNotice.Builder notice(int more) {
    return UntoldNotice.newBuilder()
        .setId(id + more)
        .setWorkspaceId(herald.workspace())
        .setChannelId(3)
        .setTime(now());
  }

  private UntoldStatusChange paused(String name, String by) {
    return change(name, CampaignStatus.PAUSED)
        .setBy(by)
        .setReason("The template was paused.")
        .build();
  }

  private UntoldStatusChange stopped(String name) {
    return change(name, CampaignStatus.STOPPED).setId(id + 1).setBy("herald").build();
  }

  private UntoldStatusChange finished(String name) {
    return change(name, CampaignStatus.SENT).setBy("herald").build();
  }

  private UntoldStatusChange.Builder change(String name, CampaignStatus to) {
    return UntoldStatusChange.newBuilder()
        .setId(id)
        .setWorkspaceId(herald.workspace())
        .setCampaignId(id)
        .setName(name)
        .setFrom(CampaignStatus.LIVE)
        .setTo(to)
        .setTime(now());
  }

  private static int asked(MethodDescriptor<? extends Message, ?> method) {
    return herald.services().requests(method).size();
  }

  private static List<String> readers() throws MessagingException {
    List<String> all = new ArrayList<>();
    for (MimeMessage message : post.getReceivedMessages()) {
      all.add(message.getAllRecipients()[0].toString());
    }
    return all;
  }

  private static String text(MimeMessage message) throws IOException, MessagingException {
    return message.getContent().toString();
  }

  private static Money usd(long micros) {
    return Money.newBuilder().setCurrency("USD").setMicros(micros).build();
  }

  private static Timestamp now() {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()).build();
  }
}
