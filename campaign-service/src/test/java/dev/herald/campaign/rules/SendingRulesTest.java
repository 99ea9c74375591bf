package dev.herald.campaign.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.CheckChannelRequest;
import dev.herald.campaign.v1.ErrorLimit;
import dev.herald.campaign.v1.EstimateCampaignRequest;
import dev.herald.campaign.v1.ExcludedCountries;
import dev.herald.campaign.v1.FrequencyCap;
import dev.herald.campaign.v1.GetSendingRulesRequest;
import dev.herald.campaign.v1.ListTemplatesRequest;
import dev.herald.campaign.v1.PauseReason;
import dev.herald.campaign.v1.QuietHours;
import dev.herald.campaign.v1.SendingRules;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.UpdateSendingRulesRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.simulator.SimulatorConfig;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.template.TemplateStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a workspace's rules let pass, on the real dispatcher and a simulated WhatsApp. */
class SendingRulesTest {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");

  private Stage stage;
  private Channel channel;
  private Template marketing;

  @BeforeEach
  void open() {
    stage =
        Stage.open(
            SimulatorConfig.defaults()
                .withScenario(Scenario.smooth())
                .withThroughput(1000, 100)
                .withPhoneNumbers(2));
    channel = stage.readyChannel(500);
    marketing = stage.template(channel, "simple_news");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private SendingRules change(UpdateSendingRulesRequest.Builder change) {
    return stage.rules().updateSendingRules(change.build()).getRules();
  }

  private static UpdateSendingRulesRequest.Builder rules() {
    return UpdateSendingRulesRequest.newBuilder();
  }

  private Campaign launched(String csv) {
    Campaign draft = stage.draft(channel, marketing, CampaignType.BROADCAST);
    stage.upload(draft.getId(), csv);
    return stage.launch(draft.getId());
  }

  private void whatsAppSays(TemplateStatus status) {
    var controls = stage.simulator.controls();
    controls.templateStatus(
        controls.directory().account(stage.simulator.config().businessAccountId()).orElseThrow(),
        "simple_news",
        "en_US",
        status,
        "NONE");
  }

  private List<Integer> limited(long campaign) {
    List<Integer> ordinals = new ArrayList<>();
    stage
        .analytics
        .messages(campaign)
        .forEach(
            (ordinal, seen) -> {
              if (seen.kinds().contains(EvidenceKind.SKIPPED)
                  && seen.of(EvidenceKind.SKIPPED).getSkipReason() == SkipReason.LIMITED) {
                ordinals.add(ordinal);
              }
            });
    return ordinals;
  }

  private static QuietHours aroundNow(String zone) {
    LocalTime there = LocalTime.now(ZoneId.of(zone));
    return QuietHours.newBuilder()
        .setFrom(there.minusHours(1).format(TIME))
        .setUntil(there.plusHours(2).format(TIME))
        .build();
  }

  @Test
  void whoSleepsIsLeftAloneAndGetsTheMessageLater() {
    change(rules().setQuietHours(aroundNow("Asia/Kolkata")));
    Campaign campaign =
        launched("phone,news\n+919800000001,a\n+12125550101,b\n+919800000002,c\n+12125550102,d\n");

    // New York is half a day away.
    await().until(() -> stage.taken(campaign.getId()).keySet().equals(Set.of(1, 3)));
    await().until(() -> stage.get(campaign.getId()).getAttempted() == 4);
    assertThat(stage.get(campaign.getId()).getStatus()).isEqualTo(CampaignStatus.LIVE);
    assertThat(
            stage.<Integer>query(
                handle ->
                    handle
                        .createQuery(
                            """
                            select count(*)::int from retry
                             where not_before > now() + interval '100 minutes'
                               and not_before < now() + interval '121 minutes'
                            """)
                        .mapTo(Integer.class)
                        .one()))
        .isEqualTo(2);
    Instant next =
        Instant.ofEpochSecond(stage.get(campaign.getId()).getNextAttemptTime().getSeconds());
    assertThat(next)
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(100)),
            Instant.now().plus(Duration.ofMinutes(121)));

    // Without the rule nobody waits any longer.
    change(rules().setQuietHours(QuietHours.getDefaultInstance()));
    Campaign sent = stage.awaitStatus(campaign.getId(), CampaignStatus.SENT);
    assertThat(sent.hasNextAttemptTime()).isFalse();
    assertThat(stage.taken(campaign.getId()).values()).containsExactly(1, 1, 1, 1);
  }

  @Test
  void aMessageThatIsNoMarketingIsNotHeldUpAtNight() {
    change(rules().setQuietHours(aroundNow("Asia/Kolkata")));
    Template utility =
        stage
            .templates()
            .listTemplates(
                ListTemplatesRequest.newBuilder()
                    .setChannelId(channel.getId())
                    .setPageSize(1000)
                    .build())
            .getTemplatesList()
            .stream()
            .filter(template -> template.getCategory().name().equals("UTILITY"))
            .filter(template -> template.getStatus().name().equals("APPROVED"))
            .min(Comparator.comparingInt(template -> template.getPlaceholdersCount()))
            .orElseThrow();
    StringBuilder header = new StringBuilder("phone");
    StringBuilder row = new StringBuilder("+919800000001");
    utility
        .getPlaceholdersList()
        .forEach(
            placeholder -> {
              header.append(',').append(placeholder);
              row.append(",x");
            });
    Campaign draft = stage.draft(channel, utility, CampaignType.BROADCAST);
    stage.upload(draft.getId(), header + "\n" + row + "\n");
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(draft.getId())).isEqualTo(1);
  }

  @Test
  void aPersonGetsNoMoreMarketingThanTheCapAllowsFromAllCampaignsTogether() {
    change(rules().setFrequencyCap(FrequencyCap.newBuilder().setMessages(2).setDays(7)));
    Channel second = stage.connectChannel(1, 500);
    stage.sync(second);
    List<Campaign> campaigns = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Channel on = i % 2 == 0 ? channel : second;
      Campaign draft = stage.draft(on, stage.template(on, "simple_news"), CampaignType.BROADCAST);
      stage.upload(draft.getId(), Stage.people(300, "news"));
      campaigns.add(draft);
    }
    campaigns.forEach(campaign -> stage.launch(campaign.getId()));
    campaigns.forEach(campaign -> stage.awaitStatus(campaign.getId(), CampaignStatus.SENT));

    TreeMap<Integer, Integer> got = new TreeMap<>();
    campaigns.forEach(
        campaign ->
            stage
                .taken(campaign.getId())
                .forEach((ordinal, times) -> got.merge(ordinal, times, Integer::sum)));
    assertThat(got).hasSize(300);
    assertThat(got.values()).containsOnly(2);
    await()
        .until(
            () ->
                campaigns.stream().mapToInt(one -> limited(one.getId()).size()).sum()
                    == 4 * 300 - 600);
  }

  @Test
  void whatReachedNobodyDoesNotCountAgainstTheCap() {
    change(rules().setFrequencyCap(FrequencyCap.newBuilder().setMessages(1).setDays(1)));
    // WhatsApp takes none of them.
    whatsAppSays(TemplateStatus.PAUSED);
    Campaign refused = launched(Stage.people(5, "news"));
    stage.awaitStatus(refused.getId(), CampaignStatus.PAUSED);
    assertThat(stage.stop(refused.getId()).getInFlight()).isZero();
    assertThat(stage.takenCount(refused.getId())).isZero();
    whatsAppSays(TemplateStatus.APPROVED);

    Campaign after = launched(Stage.people(5, "news"));
    stage.awaitStatus(after.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(after.getId())).isEqualTo(5);
  }

  @Test
  void excludedCountriesAreSkippedAndSaidSoBeforehand() {
    change(rules().setExcluded(ExcludedCountries.newBuilder().addCountries("US")));
    Campaign draft = stage.draft(channel, marketing, CampaignType.BROADCAST);
    stage.upload(draft.getId(), "phone,news\n+919800000001,a\n+12125550101,b\n+12125550102,c\n");
    var estimate =
        stage
            .campaigns()
            .estimateCampaign(
                EstimateCampaignRequest.newBuilder().setCampaignId(draft.getId()).build());
    assertThat(estimate.getRecipients()).isEqualTo(1);
    assertThat(estimate.getSkipped()).isEqualTo(2);

    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(draft.getId()).keySet()).containsExactly(0);
    await().until(() -> limited(draft.getId()).equals(List.of(1, 2)));
  }

  @Test
  void aNumberBeginsNoMoreConversationsADayThanWhatsAppAllowsIt() {
    stage.simulator.controls().directory().numberAt(0).limitTier("TIER_250");
    stage
        .channels()
        .checkChannel(CheckChannelRequest.newBuilder().setChannelId(channel.getId()).build());
    Campaign campaign = launched(Stage.people(260, "news"));

    await().until(() -> stage.get(campaign.getId()).getAttempted() == 260);
    await().until(() -> stage.takenCount(campaign.getId()) == 250);
    // Whom it has written to today it may write to again.
    Campaign again = launched(Stage.people(100, "news"));
    stage.awaitStatus(again.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(again.getId())).isEqualTo(100);
    assertThat(stage.takenCount(campaign.getId())).isEqualTo(250);
    assertThat(stage.get(campaign.getId()).getStatus()).isEqualTo(CampaignStatus.LIVE);
  }

  @Test
  void aCampaignOfWhichTooMuchFailsIsPausedWithTheReason() {
    change(rules().setErrorLimit(ErrorLimit.newBuilder().setPercent(40)));
    Campaign draft =
        stage
            .campaigns()
            .createCampaign(
                stage
                    .draftRequest(channel, marketing, CampaignType.BROADCAST)
                    .setMaxRate(1)
                    .build())
            .getCampaign();
    stage.upload(draft.getId(), Stage.people(1000, "news"));
    stage.launch(draft.getId());
    // Seen once before anything failed.
    await().until(() -> stage.takenCount(draft.getId()) >= 6);
    for (int ordinal = 0; ordinal < 120; ordinal++) {
      stage.report(draft.getId(), ordinal, EvidenceKind.FAILED);
    }
    for (int ordinal = 120; ordinal < 240; ordinal++) {
      stage.report(draft.getId(), ordinal, EvidenceKind.SENT);
    }

    Campaign paused = stage.awaitStatus(draft.getId(), CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.ERRORS);
    assertThat(paused.getPauseReason().getMessage()).contains("120 of 24").contains("failed");
  }

  @Test
  void messagesAreSpreadOverTheTimeThatIsGiven() {
    Campaign draft =
        stage
            .campaigns()
            .createCampaign(
                stage
                    .draftRequest(channel, marketing, CampaignType.BROADCAST)
                    .setFinishWithin(com.google.protobuf.Duration.newBuilder().setSeconds(6))
                    .build())
            .getCampaign();
    stage.upload(draft.getId(), Stage.people(12, "news"));
    long begin = System.nanoTime();
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    // Eleven gaps of half a second.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(5_000));
    assertThat(stage.takenCount(draft.getId())).isEqualTo(12);
    assertThat(
            Stage.fieldsOf(
                () ->
                    stage
                        .campaigns()
                        .createCampaign(
                            stage
                                .draftRequest(channel, marketing, CampaignType.API)
                                .setFinishWithin(
                                    com.google.protobuf.Duration.newBuilder().setSeconds(6))
                                .build())))
        .containsExactly("finish_within");
  }

  @Test
  void rulesThatMakeNoSenseAreRefusedByName() {
    assertThat(
            Stage.fieldsOf(
                () ->
                    change(
                        rules()
                            .setQuietHours(
                                QuietHours.newBuilder().setFrom("21:00").setUntil("21:00")))))
        .containsExactly("quiet_hours.until");
    assertThat(
            Stage.fieldsOf(
                () -> change(rules().setQuietHours(QuietHours.newBuilder().setFrom("21:00")))))
        .containsExactly("quiet_hours.until");
    assertThat(
            Stage.fieldsOf(
                () -> change(rules().setFrequencyCap(FrequencyCap.newBuilder().setMessages(3)))))
        .containsExactly("frequency_cap.days");
    assertThat(
            Stage.fieldsOf(
                () ->
                    change(rules().setExcluded(ExcludedCountries.newBuilder().addCountries("XX")))))
        .containsExactly("excluded.countries[0]");
    SendingRules first =
        change(rules().setFrequencyCap(FrequencyCap.newBuilder().setMessages(3).setDays(7)));
    assertThat(Stage.reasonOf(() -> change(rules().setExpectedVersion(first.getVersion() + 1))))
        .isEqualTo("VERSION_MISMATCH");
    // What is not given stays.
    change(rules().setExcluded(ExcludedCountries.newBuilder().addCountries("US")));
    SendingRules now =
        stage.rules().getSendingRules(GetSendingRulesRequest.getDefaultInstance()).getRules();
    assertThat(now.getFrequencyCap().getMessages()).isEqualTo(3);
    assertThat(now.getExcluded().getCountriesList()).containsExactly("US");
    assertThat(now.getErrorLimit().getPercent()).isEqualTo(50);
  }
}
