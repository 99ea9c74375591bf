package dev.herald.campaign.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.AcknowledgeNoticesRequest;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ChannelUpdate;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.ListTemplatesRequest;
import dev.herald.campaign.v1.ListUntoldNoticesRequest;
import dev.herald.campaign.v1.ParameterBinding;
import dev.herald.campaign.v1.PauseReason;
import dev.herald.campaign.v1.PreviewTemplateRequest;
import dev.herald.campaign.v1.PreviewTemplateResponse;
import dev.herald.campaign.v1.SyncTemplatesResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateUpdate;
import dev.herald.campaign.v1.UntoldNotice;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.template.TemplateStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Templates are what WhatsApp says they are, and campaigns stop when that changes under them. */
class TemplatesTest {
  private Stage stage;
  private Channel channel;

  @BeforeEach
  void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(100);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private BusinessAccount account() {
    return stage.simulator.controls().directory().accounts().iterator().next();
  }

  @Test
  void allAreReadPageByPageWithTheirPartsAndPlaceholders() {
    // More than one page of WhatsApp's.
    for (int i = 0; i < 130; i++) {
      account().templates().define(definition("copy_" + i));
    }
    SyncTemplatesResponse synced = stage.sync(channel);
    assertThat(synced.getAdded()).isEqualTo(130);
    assertThat(synced.getTotal()).isGreaterThan(130);
    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      var page =
          stage
              .templates()
              .listTemplates(
                  ListTemplatesRequest.newBuilder()
                      .setChannelId(channel.getId())
                      .setPageSize(50)
                      .setPageToken(token)
                      .build());
      page.getTemplatesList().forEach(one -> listed.add(one.getName() + "/" + one.getLanguage()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(listed).hasSize(synced.getTotal()).doesNotHaveDuplicates().isSorted();
    assertThat(stage.sync(channel).getChanged()).isZero();

    Template offer = stage.template(channel, "seasonal_offer");
    assertThat(offer.getCategory()).isEqualTo(MessageCategory.MARKETING);
    assertThat(offer.getPlaceholdersList())
        .startsWith("header.1", "body.1", "body.2", "body.3", "body.4");
    assertThat(offer.getComponentsList())
        .extracting(one -> one.getKind().name())
        .containsExactly("HEADER", "BODY", "FOOTER", "BUTTON", "BUTTON", "BUTTON");
    assertThat(stage.template(channel, "appointment_reminder").getPlaceholdersList())
        .contains("body.first_name", "body.date", "body.time");
    assertThat(stage.template(channel, "new_collection").getPlaceholdersList())
        .contains("header.media", "body.1");
    assertThat(stage.template(channel, "clearance").getStatus()).isEqualTo(Template.Status.PAUSED);
  }

  private static JsonNode definition(String name) {
    ObjectNode definition = new JsonMapper().createObjectNode();
    definition.put("name", name).put("language", "en_US");
    definition
        .putArray("components")
        .addObject()
        .put("type", "BODY")
        .put("text", "Hello, there is news.");
    return definition;
  }

  @Test
  void aPreviewShowsTheMessageAndWhatIsMissing() {
    Template news = stage.template(channel, "simple_news");
    PreviewTemplateResponse preview = preview(news, "body.1", "Asha \uD83D\uDE80 $1 \\1");
    assertThat(preview.getComponents(0).getText()).startsWith("Hello Asha \uD83D\uDE80 $1 \\1,");
    assertThat(preview.getMissingList()).isEmpty();
    assertThat(preview(news, "other", "x").getMissingList()).containsExactly("body.1");
  }

  private PreviewTemplateResponse preview(Template template, String placeholder, String value) {
    return stage
        .templates()
        .previewTemplate(
            PreviewTemplateRequest.newBuilder()
                .setTemplateId(template.getId())
                .putValues(placeholder, value)
                .build());
  }

  @Test
  void mediaHeadersNamedParametersAndButtonsAreTakenByWhatsApp() {
    send("new_collection", "phone,header.media,first_name", "https://example.org/a.jpg,Asha");
    send("appointment_reminder", "phone,first_name,date,time", "Asha,1 May,10:00");
    send(
        "seasonal_offer",
        "phone,header.1,body.1,body.2,body.3,body.4,button.0.1",
        "\"A \"\"new\"\" one\",Asha,sale,CODE,Sunday,abc");
    send("one_time_code", "phone,code", "123456");
  }

  private void send(String template, String header, String values) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, template), CampaignType.BROADCAST);
    stage.upload(draft.getId(), header + "\n+919800000001," + values + "\n");
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(draft.getId())).as(template).isOne();
  }

  private Campaign running(String template) {
    CreateCampaignRequest.Builder request =
        stage.draftRequest(channel, stage.template(channel, template), CampaignType.BROADCAST);
    request
        .setMaxRate(1)
        .getContentBuilder()
        .getTemplateBuilder()
        .addParameters(
            ParameterBinding.newBuilder().setPlaceholder("body.1").setColumn("first_name"));
    Campaign draft = stage.campaigns().createCampaign(request.build()).getCampaign();
    stage.upload(draft.getId(), Stage.people(300, "first_name"));
    return stage.launch(draft.getId());
  }

  private TemplateUpdate.Builder news(Template of) {
    return TemplateUpdate.newBuilder()
        .setWhatsappId(of.getWhatsappId())
        .setName(of.getName())
        .setLanguage(of.getLanguage());
  }

  @Test
  void aPausedTemplatePausesItsCampaignWithTheReasonAndOldNewsDoesNot() {
    Template template = stage.template(channel, "simple_news");
    Campaign running = running("simple_news");
    Instant now = Instant.now();
    // An hour late: the template has been read since.
    stage.tell(
        Stage.event(channel, now.minusSeconds(3600))
            .setTemplate(news(template).setEvent("PAUSED"))
            .build());
    assertThat(stage.get(running.getId()).getStatus()).isEqualTo(CampaignStatus.LIVE);
    stage.tell(
        Stage.event(channel, now.plusSeconds(1))
            .setTemplate(news(template).setEvent("PAUSED").setReason("LOW_QUALITY"))
            .build());
    Campaign paused = stage.get(running.getId());
    assertThat(paused.getStatus()).isEqualTo(CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.TEMPLATE);
    assertThat(paused.getPauseReason().getMessage()).contains("PAUSED", "LOW_QUALITY");
    assertThat(
            Stage.reasonOf(
                () ->
                    stage.draft(
                        channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST)))
        .isEqualTo("TEMPLATE_NOT_APPROVED");
  }

  @Test
  void whatWhatsAppChangesIsNoticedOnceHoweverItIsLearnt() {
    Template template = stage.template(channel, "simple_news");
    assertThat(notices()).isEmpty();
    Instant later = Instant.now().plusSeconds(1);
    for (int i = 0; i < 2; i++) {
      stage.tell(
          Stage.event(channel, later)
              .setTemplate(news(template).setEvent("PAUSED").setReason("LOW_QUALITY"))
              .build());
      stage.tell(
          Stage.event(channel, later).setTemplate(news(template).setNewQuality("RED")).build());
      stage.tell(
          Stage.event(channel, later)
              .setChannel(ChannelUpdate.newBuilder().setQualityRating("YELLOW"))
              .build());
    }
    assertThat(notices())
        .extracting(UntoldNotice::getField, UntoldNotice::getOldValue, UntoldNotice::getNewValue)
        .containsExactly(
            tuple(UntoldNotice.Field.STATUS, "APPROVED", "PAUSED"),
            tuple(UntoldNotice.Field.QUALITY, "UNKNOWN", "RED"),
            tuple(UntoldNotice.Field.QUALITY, "GREEN", "YELLOW"));
    UntoldNotice paused = notices().getFirst();
    assertThat(paused.getTemplateId()).isEqualTo(template.getId());
    assertThat(paused.getName()).isEqualTo("simple_news (en_US)");
    assertThat(paused.getReason()).isEqualTo("LOW_QUALITY");
    assertThat(paused.getWorkspaceId()).isEqualTo(stage.workspace);
    assertThat(notices().getLast().getTemplateId()).isZero();

    // A reading of all templates finds it approved again.
    stage.sync(channel);
    assertThat(notices().getLast().getNewValue()).isEqualTo("APPROVED");

    List<Long> ids = notices().stream().map(UntoldNotice::getId).toList();
    var _ =
        stage
            .feed()
            .acknowledgeNotices(
                AcknowledgeNoticesRequest.newBuilder().addAllIds(ids.subList(0, 3)).build());
    assertThat(notices()).extracting(UntoldNotice::getId).containsExactly(ids.get(3));
  }

  private List<UntoldNotice> notices() {
    return stage
        .feed()
        .listUntoldNotices(ListUntoldNoticesRequest.getDefaultInstance())
        .getNoticesList();
  }

  @Test
  void anotherCategoryPausesBecauseItHasAnotherPrice() {
    Template template = stage.template(channel, "simple_news");
    Campaign running = running("simple_news");
    stage.tell(
        Stage.event(channel, Instant.now().plusSeconds(1))
            .setTemplate(news(template).setNewCategory("UTILITY"))
            .build());
    Campaign paused = stage.get(running.getId());
    assertThat(paused.getStatus()).isEqualTo(CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getMessage()).contains("MARKETING", "UTILITY", "price");
  }

  @Test
  void whatASyncFindsChangedPausesToo() {
    Campaign running = running("simple_news");
    stage
        .simulator
        .controls()
        .templateStatus(account(), "simple_news", "en_US", TemplateStatus.DISABLED, "NONE");
    assertThat(stage.sync(channel).getChanged()).isOne();
    assertThat(stage.get(running.getId()).getStatus()).isEqualTo(CampaignStatus.PAUSED);

    stage
        .simulator
        .controls()
        .templateStatus(account(), "simple_news", "en_US", TemplateStatus.APPROVED, "NONE");
    stage.sync(channel);
    stage.resume(running.getId());
    stage
        .simulator
        .controls()
        .templateCategory(account(), "simple_news", "en_US", MessageKind.UTILITY);
    stage.sync(channel);
    assertThat(stage.get(running.getId()).getPauseReason().getMessage()).contains("UTILITY");
  }

  @Test
  void aTemplateThatWhatsAppRefusesAtDispatchPausesAndKeepsTheRecipients() {
    Campaign running = running("simple_news");
    stage
        .simulator
        .controls()
        .templateStatus(account(), "simple_news", "en_US", TemplateStatus.PAUSED, "NONE");
    Campaign paused = stage.awaitStatus(running.getId(), CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.TEMPLATE);
    assertThat(paused.getPauseReason().getErrorCode()).isEqualTo(132015);
    assertThat(stage.analytics.buckets(running.getId()))
        .doesNotContainKey(dev.herald.analytics.v1.Bucket.BUCKET_FAILED);
  }
}
