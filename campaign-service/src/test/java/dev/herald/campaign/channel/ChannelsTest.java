package dev.herald.campaign.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ChannelUpdate;
import dev.herald.campaign.v1.CheckChannelRequest;
import dev.herald.campaign.v1.CheckChannelResponse;
import dev.herald.campaign.v1.ConnectChannelRequest;
import dev.herald.campaign.v1.ConnectChannelResponse;
import dev.herald.campaign.v1.DisconnectChannelRequest;
import dev.herald.campaign.v1.GetChannelRequest;
import dev.herald.campaign.v1.ListChannelsRequest;
import dev.herald.campaign.v1.PauseReason;
import dev.herald.campaign.v1.SendTestMessageRequest;
import dev.herald.campaign.v1.SendTestMessageResponse;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.UpdateChannelRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.scenario.Scenario;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A number is connected with secrets that nobody sees again, and sends at its own rate. */
class ChannelsTest {
  private static final String APP_SECRET = "an app secret of the workspace";
  private static Stage stage;

  @BeforeAll
  static void open() {
    stage =
        Stage.open(
            SimulatorConfig.defaults()
                .withScenario(Scenario.smooth())
                .withPhoneNumbers(12)
                .withAccessTokens(Set.of("first-token", "second-token"))
                .withThroughput(1000, 100));
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static ConnectChannelRequest.Builder request(int nth) {
    return ConnectChannelRequest.newBuilder()
        .setName("Channel " + nth)
        .setPhoneNumberId(stage.simulator.phoneNumberId(nth))
        .setWabaId(stage.simulator.config().businessAccountId())
        .setAccessToken("first-token")
        .setSimulated(true);
  }

  private static Channel get(long id) {
    return stage
        .channels()
        .getChannel(GetChannelRequest.newBuilder().setChannelId(id).build())
        .getChannel();
  }

  @Test
  void aConnectedNumberShowsWhatWhatsAppSaysOfIt() {
    Channel channel = stage.channels().connectChannel(request(0).build()).getChannel();
    assertThat(channel.getRate()).isEqualTo(80);
    assertThat(channel.getDisplayPhoneNumber()).isNotBlank();
    assertThat(channel.getVerifiedName()).isNotBlank();
    assertThat(channel.getQualityRating()).isEqualTo("GREEN");
    assertThat(channel.getMessagingLimitTier()).startsWith("TIER_");
    assertThat(channel.getThroughputLevel()).isEqualTo("HIGH");
    assertThat(get(channel.getId())).isEqualTo(channel);
  }

  @Test
  void secretsAreSealedInTheDatabaseAndNeverReturned() {
    ConnectChannelRequest request =
        request(1).setAppSecret(APP_SECRET).setRequestId("connect-1").build();
    ConnectChannelResponse connected = stage.channels().connectChannel(request);
    assertThat(connected.getVerifyToken()).isNotBlank();
    assertThat(connected.getChannel().getOwnApp()).isTrue();
    assertThat(connected.getChannel().toString()).doesNotContain("first-token", APP_SECRET);
    assertThat(get(connected.getChannel().getId()).toString())
        .doesNotContain("first-token", APP_SECRET, connected.getVerifyToken());
    // Repeated after a lost answer, it is the same answer, from a sealed copy.
    assertThat(stage.channels().connectChannel(request)).isEqualTo(connected);
    for (String secret : Set.of("first-token", APP_SECRET, connected.getVerifyToken())) {
      assertThat(rowsHolding("channel", secret)).isZero();
      assertThat(rowsHolding("request", secret)).isZero();
    }
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .channels()
                        .connectChannel(request.toBuilder().setName("Another").build())))
        .isEqualTo("REQUEST_ID_REUSED");
  }

  // Bytes are looked at as text in which every printable character is itself.
  private static int rowsHolding(String table, String secret) {
    return stage.query(
        handle ->
            handle
                .createQuery(
                    "select count(*)::int from "
                        + table
                        + " t where position(:secret in t::text) > 0 or position(encode("
                        + "convert_to(:secret, 'UTF8'), 'hex') in t::text) > 0")
                .bind("secret", secret)
                .mapTo(Integer.class)
                .one());
  }

  @Test
  void aNumberThatIsTakenOrRefusedIsNotConnected() {
    stage.channels().connectChannel(request(2).build());
    assertThat(Stage.reasonOf(() -> stage.channels().connectChannel(request(2).build())))
        .isEqualTo("PHONE_NUMBER_TAKEN");
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .channels()
                        .connectChannel(request(3).setAccessToken("a-wrong-token").build())))
        .isEqualTo("CHANNEL_REFUSED");
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .channels()
                        .connectChannel(request(3).setAccessToken("two\r\nlines").build())))
        .isEqualTo("TOKEN_MALFORMED");
    assertThat(
            Stage.fieldsOf(
                () ->
                    stage.channels().connectChannel(request(3).setName("").setRate(1001).build())))
        .containsExactlyInAnyOrder("name", "rate");
  }

  @Test
  void anotherWorkspaceDoesNotSeeIt() {
    Channel channel = stage.channels().connectChannel(request(4).build()).getChannel();
    ChannelServiceGrpc.ChannelServiceBlockingStub stranger =
        stage.channels().withCallCredentials(stage.tokens.owner(9_999));
    assertThat(
            Stage.reasonOf(
                () ->
                    stranger.getChannel(
                        GetChannelRequest.newBuilder().setChannelId(channel.getId()).build())))
        .isEqualTo("CHANNEL_NOT_FOUND");
    assertThat(stranger.listChannels(ListChannelsRequest.getDefaultInstance()).getChannelsList())
        .isEmpty();
  }

  @Test
  void channelsAreListedPageByPage() {
    stage.channels().connectChannel(request(5).build());
    stage.channels().connectChannel(request(6).build());
    Set<Long> seen = new HashSet<>();
    String token = "";
    do {
      var page =
          stage
              .channels()
              .listChannels(
                  ListChannelsRequest.newBuilder().setPageSize(1).setPageToken(token).build());
      page.getChannelsList().forEach(one -> assertThat(seen.add(one.getId())).isTrue());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(seen).hasSizeGreaterThanOrEqualTo(2);
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .channels()
                        .listChannels(
                            ListChannelsRequest.newBuilder().setPageToken("nonsense").build())))
        .isEqualTo("PAGE_TOKEN_INVALID");
  }

  @Test
  void webhooksMoveQualityAndTroubleOfTheAccountPausesItsCampaigns() {
    Channel channel = stage.channels().connectChannel(request(7).setRate(2).build()).getChannel();
    Campaign running = launched(channel, 500);
    assertThat(
            stage.tell(
                Stage.event(channel)
                    .setChannel(
                        ChannelUpdate.newBuilder()
                            .setField("phone_number_quality_update")
                            .setQualityRating("RED")
                            .setMessagingLimitTier("TIER_2K"))
                    .build(),
                Stage.event(channel)
                    .setChannel(
                        ChannelUpdate.newBuilder()
                            .setField("account_update")
                            .setEvent("ACCOUNT_RESTRICTION"))
                    .build()))
        .isEmpty();
    Channel now = get(channel.getId());
    assertThat(now.getQualityRating()).isEqualTo("RED");
    assertThat(now.getMessagingLimitTier()).isEqualTo("TIER_2K");
    assertThat(now.getHeldReason()).contains("ACCOUNT_RESTRICTION");
    Campaign paused = stage.awaitStatus(running.getId(), CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.CHANNEL);
    assertThat(disconnect(channel)).isEqualTo("CHANNEL_IN_USE");
    stage.stop(running.getId());
    assertThat(disconnect(channel)).isEqualTo("OK");
    assertThat(Stage.reasonOf(() -> get(channel.getId()))).isEqualTo("CHANNEL_NOT_FOUND");
    // The number is free again.
    stage.channels().connectChannel(request(7).build());
  }

  private static String disconnect(Channel channel) {
    return Stage.reasonOf(
        () ->
            stage
                .channels()
                .disconnectChannel(
                    DisconnectChannelRequest.newBuilder().setChannelId(channel.getId()).build()));
  }

  private static Campaign launched(Channel channel, int people) {
    stage.sync(channel);
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(draft.getId(), Stage.people(people, "first_name"));
    return stage.launch(draft.getId());
  }

  @Test
  void anExpiredTokenPausesTheCampaignAndANewOneLetsItGoOnAtOnce() {
    Channel channel = stage.channels().connectChannel(request(8).setRate(50).build()).getChannel();
    Campaign running = launched(channel, 400);
    Awaitility.await().until(() -> stage.takenCount(running.getId()) > 20);
    var app = stage.simulator.config().app();
    stage.simulator.controls().replace(app.withAccessTokens(Set.of("second-token")));
    try {
      Campaign paused = stage.awaitStatus(running.getId(), CampaignStatus.PAUSED);
      assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.CHANNEL);
      assertThat(paused.getPauseReason().getErrorCode()).isPositive();
      CheckChannelResponse check =
          stage
              .channels()
              .checkChannel(CheckChannelRequest.newBuilder().setChannelId(channel.getId()).build());
      assertThat(check.getHealthy()).isFalse();
      assertThat(check.getChannel().getHeldReason()).isNotBlank();
      testMessageFailsOnce(running);
      stage
          .channels()
          .updateChannel(
              UpdateChannelRequest.newBuilder()
                  .setChannelId(channel.getId())
                  .setAccessToken("second-token")
                  .setRate(400)
                  .build());
      stage.resume(running.getId());
      Campaign sent = stage.awaitStatus(running.getId(), CampaignStatus.SENT);
      assertThat(sent.getAttempted()).isEqualTo(400);
      assertThat(stage.taken(running.getId()).values()).hasSize(400).allMatch(times -> times == 1);
      assertThat(get(channel.getId()).getHeldReason()).isEmpty();
    } finally {
      stage.simulator.controls().replace(app);
    }
  }

  // Refused for the whole channel: said, and not tried over and over.
  private static void testMessageFailsOnce(Campaign campaign) {
    SendTestMessageResponse test =
        stage
            .campaigns()
            .sendTestMessage(
                SendTestMessageRequest.newBuilder()
                    .setCampaignId(campaign.getId())
                    .setRecipient(
                        TriggerRecipient.newBuilder()
                            .setPhone("+919899999999")
                            .putParameters("first_name", "Asha"))
                    .build());
    assertThat(test.getAccepted()).isFalse();
    assertThat(test.getErrorCode()).isPositive();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        stage.<Integer>query(
                            handle ->
                                handle
                                    .createQuery(
                                        "select count(*)::int from retry join campaign using"
                                            + " (campaign_id) where hidden")
                                    .mapTo(Integer.class)
                                    .one()))
                    .isZero());
  }
}
