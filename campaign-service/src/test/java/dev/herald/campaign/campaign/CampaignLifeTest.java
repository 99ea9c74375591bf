package dev.herald.campaign.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.DeleteCampaignRequest;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListStatusChangesRequest;
import dev.herald.campaign.v1.PauseReason;
import dev.herald.campaign.v1.StatusChange;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.UpdateCampaignRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.HeraldException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A campaign from draft to end over the contract: schedule, history, names, lists, bad input. */
class CampaignLifeTest {
  private static Stage stage;
  private static Channel channel;
  private static Template template;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(500);
    template = stage.template(channel, "simple_news");
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static CreateCampaignRequest.Builder request() {
    return stage.draftRequest(channel, template, CampaignType.BROADCAST);
  }

  private static Campaign create(CreateCampaignRequest.Builder request) {
    return stage.campaigns().createCampaign(request.build()).getCampaign();
  }

  private static Campaign ready() {
    Campaign draft = create(request());
    stage.upload(draft.getId(), Stage.people(3, "first_name"));
    return draft;
  }

  @Test
  void aRequestRepeatedIsCarriedOutOnce() {
    CreateCampaignRequest.Builder request = request().setRequestId("create-1");
    Campaign first = create(request);
    assertThat(create(request)).isEqualTo(first);
    assertThat(Stage.reasonOf(() -> create(request.clone().setName("Another"))))
        .isEqualTo("REQUEST_ID_REUSED");
    // Of another workspace it is another request.
    assertThat(
            Stage.reasonOf(
                () -> stage.campaignsAs(stage.operatorOf(9_998)).createCampaign(request.build())))
        .isEqualTo("CHANNEL_NOT_FOUND");
  }

  @Test
  void aScheduledCampaignStartsAtItsTimeAndTheHistorySaysWhoAndWhen() {
    Campaign draft = ready();
    Instant start = Instant.now().plusSeconds(2);
    Campaign scheduled = stage.schedule(draft.getId(), start);
    assertThat(scheduled.getStatus()).isEqualTo(CampaignStatus.SCHEDULED);
    assertThat(stage.billing.reserved(draft.getId())).isEqualTo(3);
    // Again, later: the time moves, the money does not.
    stage.schedule(draft.getId(), start.plusSeconds(1));
    Campaign sent = stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.billing.reserved(draft.getId())).isEqualTo(3);
    assertThat(sent.getAttempted()).isEqualTo(3);
    List<StatusChange> history =
        stage
            .campaigns()
            .listStatusChanges(
                ListStatusChangesRequest.newBuilder().setCampaignId(draft.getId()).build())
            .getChangesList();
    assertThat(history)
        .extracting(StatusChange::getFrom, StatusChange::getTo)
        .containsExactly(
            tuple(CampaignStatus.LIVE, CampaignStatus.SENT),
            tuple(CampaignStatus.SCHEDULED, CampaignStatus.LIVE),
            tuple(CampaignStatus.SCHEDULED, CampaignStatus.SCHEDULED),
            tuple(CampaignStatus.DRAFT, CampaignStatus.SCHEDULED));
    assertThat(history.getLast().getBy()).isNotBlank();
    assertThat(history.get(1).getTime().getSeconds())
        .isGreaterThanOrEqualTo(start.plusSeconds(1).getEpochSecond() - 1);
  }

  @Test
  void aStartMissedByMoreThanItsGraceWaitsForAPerson() {
    Campaign draft =
        create(request().setStartGrace(com.google.protobuf.Duration.newBuilder().setSeconds(5)));
    stage.upload(draft.getId(), Stage.people(2, "first_name"));
    stage.schedule(draft.getId(), Instant.now().plusSeconds(600));
    // As if nobody had run at that time.
    stage.query(
        handle ->
            handle.execute(
                "update campaign set start_at = now() - interval '1 minute' where campaign_id = ?",
                draft.getId()));
    Campaign paused = stage.awaitStatus(draft.getId(), CampaignStatus.PAUSED);
    assertThat(paused.getPauseReason().getKind()).isEqualTo(PauseReason.Kind.MISSED_START);
    assertThat(stage.takenCount(draft.getId())).isZero();
    stage.resume(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
  }

  @Test
  void aPausedScheduleResumesIntoItsSchedule() {
    Campaign draft = ready();
    stage.schedule(draft.getId(), Instant.now().plusSeconds(600));
    assertThat(stage.pause(draft.getId()).getCampaign().getStatus())
        .isEqualTo(CampaignStatus.PAUSED);
    assertThat(stage.resume(draft.getId()).getStatus()).isEqualTo(CampaignStatus.SCHEDULED);
    assertThat(stage.stop(draft.getId()).getCampaign().getStatus())
        .isEqualTo(CampaignStatus.STOPPED);
    org.awaitility.Awaitility.await().until(() -> stage.billing.unattempted(draft.getId()) == 3);
  }

  @Test
  void whatTheLifecycleForbidsIsRefusedWithTheCurrentStatus() {
    Campaign draft = ready();
    for (Runnable early :
        List.<Runnable>of(
            () -> stage.pause(draft.getId()),
            () -> stage.resume(draft.getId()),
            () -> stage.stop(draft.getId()))) {
      HeraldException refusal = Stage.refusalOf(early);
      assertThat(refusal.kind()).isEqualTo(HeraldException.Kind.PRECONDITION);
      assertThat(refusal.reason()).isEqualTo("ILLEGAL_TRANSITION");
      assertThat(refusal.metadata()).containsEntry("status", "DRAFT");
    }
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(Stage.reasonOf(() -> stage.stop(draft.getId()))).isEqualTo("CAMPAIGN_ALREADY_SENT");
    for (Runnable late :
        List.<Runnable>of(
            () -> stage.launch(draft.getId()),
            () -> stage.pause(draft.getId()),
            () -> stage.resume(draft.getId()))) {
      assertThat(Stage.refusalOf(late).metadata()).containsEntry("status", "SENT");
    }
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .campaigns()
                        .deleteCampaign(
                            DeleteCampaignRequest.newBuilder()
                                .setCampaignId(draft.getId())
                                .build())))
        .isEqualTo("CAMPAIGN_NOT_DRAFT");
  }

  @Test
  void aLaunchWithoutMoneyChangesNothing() {
    Campaign draft = ready();
    stage.billing.setAvailable(2_000);
    try {
      assertThat(Stage.reasonOf(() -> stage.launch(draft.getId()))).isEqualTo("INSUFFICIENT_FUNDS");
      assertThat(stage.get(draft.getId()).getStatus()).isEqualTo(CampaignStatus.DRAFT);
    } finally {
      stage.billing.setAvailable(1_000_000_000_000L);
    }
    stage.billing.loseAnswers(true);
    assertThat(Stage.reasonOf(() -> stage.launch(draft.getId()))).isNotEqualTo("OK");
    stage.billing.loseAnswers(false);
    // What was reserved without our knowing is found again, not reserved twice.
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.billing.reserved(draft.getId())).isEqualTo(3);
  }

  @Test
  void namesAreUniqueAmongApiCampaignsThatAreNotStopped() {
    CreateCampaignRequest.Builder named =
        stage.draftRequest(channel, template, CampaignType.API).setName("Order Updates");
    Campaign first = create(named);
    assertThat(Stage.reasonOf(() -> create(named.clone().setName("order updates"))))
        .isEqualTo("CAMPAIGN_NAME_TAKEN");
    create(request().setName("Order Updates"));
    stage.launch(first.getId());
    stage.stop(first.getId());
    create(named);
  }

  @Test
  void aDraftIsChangedOnlyByWhoHasSeenItAsItIs() {
    Campaign draft = create(request());
    UpdateCampaignRequest.Builder change =
        UpdateCampaignRequest.newBuilder()
            .setCampaignId(draft.getId())
            .setName("Renamed")
            .setMaxRate(7)
            .setExpectedVersion(draft.getVersion());
    Campaign changed = stage.campaigns().updateCampaign(change.build()).getCampaign();
    assertThat(changed.getName()).isEqualTo("Renamed");
    assertThat(changed.getMaxRate()).isEqualTo(7);
    assertThat(changed.getContent()).isEqualTo(draft.getContent());
    assertThat(Stage.reasonOf(() -> stage.campaigns().updateCampaign(change.build())))
        .isEqualTo("VERSION_MISMATCH");
    stage
        .campaigns()
        .deleteCampaign(DeleteCampaignRequest.newBuilder().setCampaignId(draft.getId()).build());
    assertThat(Stage.reasonOf(() -> stage.get(draft.getId()))).isEqualTo("CAMPAIGN_NOT_FOUND");
  }

  @Test
  void badFieldsAreNamed() {
    assertThat(
            Stage.fieldsOf(
                () ->
                    stage
                        .campaigns()
                        .createCampaign(
                            CreateCampaignRequest.newBuilder()
                                .setDefaultRegion("india")
                                .setMaxRate(-1)
                                .build())))
        .contains("name", "type", "channel_id", "content", "default_region", "max_rate");
    assertThat(Stage.fieldsOf(() -> create(request().setName(" \t ")))).containsExactly("name");
    assertThat(Stage.fieldsOf(() -> create(request().setDefaultRegion("XX"))))
        .containsExactly("default_region");
    assertThat(
            Stage.fieldsOf(
                () ->
                    create(
                        request()
                            .setStartGrace(
                                com.google.protobuf.Duration.newBuilder().setSeconds(-1)))))
        .containsExactly("start_grace");
    assertThat(
            Stage.reasonOf(
                () -> create(request().setMessageType(dev.herald.common.v1.MessageType.REGULAR))))
        .isEqualTo("MESSAGE_TYPE_MISMATCH");
  }

  @Test
  void aListIsFilteredSortedAndPagedWhileItGrows() {
    List<Campaign> mine = new ArrayList<>();
    for (String name : List.of("Zebra", "apple", "Mango", "banana", "Mango")) {
      mine.add(create(request().setName("List " + name)));
    }
    assertThat(names(ListCampaignsRequest.OrderBy.NAME))
        .containsExactly("List apple", "List banana", "List Mango", "List Mango", "List Zebra");
    assertThat(names(ListCampaignsRequest.OrderBy.CREATED_OLDEST_FIRST))
        .containsExactlyElementsOf(mine.stream().map(Campaign::getName).toList());
    assertThat(names(ListCampaignsRequest.OrderBy.CREATED_NEWEST_FIRST))
        .containsExactlyElementsOf(mine.reversed().stream().map(Campaign::getName).toList());
    stage.upload(mine.get(2).getId(), Stage.people(2, "first_name"));
    stage.upload(mine.get(1).getId(), Stage.people(1, "first_name"));
    assertThat(names(ListCampaignsRequest.OrderBy.AUDIENCE_LARGEST_FIRST))
        .startsWith("List Mango", "List apple");
    assertThat(
            stage
                .campaigns()
                .listCampaigns(
                    ListCampaignsRequest.newBuilder()
                        .setText("LIST")
                        .addStatuses(CampaignStatus.LIVE)
                        .build())
                .getCampaignsList())
        .isEmpty();
    // A token of one order is none of another.
    String token =
        stage
            .campaigns()
            .listCampaigns(ListCampaignsRequest.newBuilder().setPageSize(1).build())
            .getNextPageToken();
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .campaigns()
                        .listCampaigns(
                            ListCampaignsRequest.newBuilder()
                                .setOrderBy(ListCampaignsRequest.OrderBy.NAME)
                                .setPageToken(token)
                                .build())))
        .isEqualTo("PAGE_TOKEN_INVALID");
  }

  private static List<String> names(ListCampaignsRequest.OrderBy order) {
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      var page =
          stage
              .campaigns()
              .listCampaigns(
                  ListCampaignsRequest.newBuilder()
                      .setText("list ")
                      .setOrderBy(order)
                      .setPageSize(2)
                      .setPageToken(token)
                      .build());
      page.getCampaignsList().forEach(one -> names.add(one.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return names;
  }
}
