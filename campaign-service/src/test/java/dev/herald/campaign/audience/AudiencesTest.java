package dev.herald.campaign.audience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.AddRecipientsRequest;
import dev.herald.campaign.v1.AddRecipientsResponse;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ContactFilter;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.EstimateCampaignRequest;
import dev.herald.campaign.v1.GetAudienceImportRequest;
import dev.herald.campaign.v1.ListRecipientsRequest;
import dev.herald.campaign.v1.ListRowErrorsRequest;
import dev.herald.campaign.v1.NewContact;
import dev.herald.campaign.v1.NewRecipient;
import dev.herald.campaign.v1.ParameterBinding;
import dev.herald.campaign.v1.Recipient;
import dev.herald.campaign.v1.RowError;
import dev.herald.campaign.v1.SetAudienceFromCampaignRequest;
import dev.herald.campaign.v1.SetAudienceFromContactsRequest;
import dev.herald.campaign.v1.SetOptOutRequest;
import dev.herald.campaign.v1.UpsertContactsRequest;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where recipients come from, how their values are found, and who of them is skipped. */
class AudiencesTest {
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(900);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static Campaign draft(String template) {
    return stage.draft(channel, stage.template(channel, template), CampaignType.BROADCAST);
  }

  private static List<Recipient> recipients(long campaign) {
    List<Recipient> all = new ArrayList<>();
    String token = "";
    do {
      var page =
          stage
              .audiences()
              .listRecipients(
                  ListRecipientsRequest.newBuilder()
                      .setCampaignId(campaign)
                      .setPageSize(2)
                      .setPageToken(token)
                      .build());
      all.addAll(page.getRecipientsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private static void contact(String phone, String name, String tag, String city) {
    stage
        .contacts()
        .upsertContacts(
            UpsertContactsRequest.newBuilder()
                .addContacts(
                    NewContact.newBuilder()
                        .setPhone(phone)
                        .setName(name)
                        .addTags(tag)
                        .putAttributes("city", city))
                .build());
  }

  @Test
  void aListIsAddedOneByOneAndABadOneIsNamed() {
    Campaign draft = draft("simple_news");
    AddRecipientsRequest request =
        AddRecipientsRequest.newBuilder()
            .setCampaignId(draft.getId())
            .setRequestId("list-1")
            .addRecipients(person("+919810000001", "Asha"))
            .addRecipients(person("nonsense", "Bela"))
            .addRecipients(person("+919810000001", "Asha again"))
            .addRecipients(NewRecipient.newBuilder().setPhone("+919810000002"))
            .addRecipients(person("+919810000003", "Chitra"))
            .build();
    AddRecipientsResponse added = stage.audiences().addRecipients(request);
    assertThat(added.getAccepted()).isEqualTo(2);
    assertThat(added.getDuplicates()).isOne();
    assertThat(added.getErrorsList())
        .extracting(RowError::getRow, RowError::getReason)
        .containsExactly(tuple(2, "INVALID_NUMBER"), tuple(4, "PARAMETER_MISSING"));
    // Repeated after a lost answer: the same answer, nobody twice.
    assertThat(stage.audiences().addRecipients(request)).isEqualTo(added);
    assertThat(recipients(draft.getId())).hasSize(2);
    assertThat(
            Stage.reasonOf(
                () ->
                    stage
                        .audiences()
                        .addRecipients(
                            request.toBuilder()
                                .addRecipients(person("+919810000009", "Else"))
                                .build())))
        .isEqualTo("REQUEST_ID_REUSED");
  }

  private static NewRecipient person(String phone, String name) {
    return NewRecipient.newBuilder().setPhone(phone).putParameters("body.1", name).build();
  }

  @Test
  void contactsAreChosenByTagAndAttribute() {
    contact("+919820000001", "Asha", "vip", "Pune");
    contact("+919820000002", "Bela", "vip", "Delhi");
    contact("+919820000003", "Chitra", "guest", "Pune");
    Campaign draft = draft("simple_news");
    AudienceImport chosen =
        stage
            .audiences()
            .setAudienceFromContacts(
                SetAudienceFromContactsRequest.newBuilder()
                    .setCampaignId(draft.getId())
                    .setFilter(
                        ContactFilter.newBuilder().addTags("vip").putAttributes("city", "Pune"))
                    .build())
            .getImport();
    assertThat(chosen.getAccepted()).isOne();
    assertThat(recipients(draft.getId()))
        .extracting(Recipient::getPhone, Recipient::getName)
        .containsExactly(tuple("+919820000001", "Asha"));
  }

  @Test
  void recipientsOfAnotherCampaignAreChosenByTheirOutcome() {
    Campaign first = draft("simple_news");
    stage.upload(first.getId(), Stage.people(6, "first_name"));
    stage.launch(first.getId());
    stage.awaitStatus(first.getId(), CampaignStatus.SENT);
    Awaitility.await().until(() -> stage.analytics.messages(first.getId()).size() == 6);
    for (int ordinal : List.of(1, 3, 4)) {
      stage.report(first.getId(), ordinal, EvidenceKind.DELIVERED);
    }
    stage.report(first.getId(), 4, EvidenceKind.READ);
    Campaign second = draft("simple_news");
    AudienceImport chosen =
        stage
            .audiences()
            .setAudienceFromCampaign(
                SetAudienceFromCampaignRequest.newBuilder()
                    .setCampaignId(second.getId())
                    .setSourceCampaignId(first.getId())
                    .setFilter(MessageFilter.newBuilder().addBuckets(Bucket.BUCKET_DELIVERED))
                    .build())
            .getImport();
    assertThat(chosen.getAccepted()).isEqualTo(2);
    assertThat(recipients(second.getId()))
        .extracting(Recipient::getPhone, one -> one.getParametersOrThrow("first_name"))
        .containsExactly(
            tuple("+919800000001", "first_name 1"), tuple("+919800000003", "first_name 3"));
    stage.launch(second.getId());
    stage.awaitStatus(second.getId(), CampaignStatus.SENT);
  }

  @Test
  void anUploadTellsHowFarItIs() {
    Campaign draft = draft("simple_news");
    ByteString half = ByteString.copyFromUtf8(Stage.people(15_000, "first_name"));
    stage.uploadHalf(
        AudienceFile.newBuilder()
            .setCampaignId(draft.getId())
            .setTotalBytes(2L * half.size())
            .build(),
        half,
        () ->
            Awaitility.await()
                .until(() -> progress(draft.getId()), percent -> percent > 30 && percent <= 50));
    // The service hears a moment later than the client that the first upload has ended.
    Awaitility.await()
        .ignoreExceptionsMatching(
            e -> Status.fromThrowable(e).getCode() == Status.Code.FAILED_PRECONDITION)
        .until(() -> stage.upload(draft.getId(), Stage.people(3, "first_name")) != null);
    assertThat(progress(draft.getId())).isEqualTo(100);
  }

  private static int progress(long campaign) {
    try {
      return stage
          .audiences()
          .getAudienceImport(GetAudienceImportRequest.newBuilder().setCampaignId(campaign).build())
          .getImport()
          .getPercent();
    } catch (StatusRuntimeException e) {
      return -1;
    }
  }

  @Test
  void anotherWorkspacesCampaignIsNoSourceAndLooksLikeOneThatNeverWas() {
    Campaign theirs = draft("simple_news");
    stage.upload(theirs.getId(), Stage.people(3, "first_name"));
    stage.query(
        handle ->
            handle.execute(
                "update campaign set workspace_id = 1 where campaign_id = ?", theirs.getId()));
    Campaign ours = draft("simple_news");
    StatusRuntimeException foreign = refusedSource(ours.getId(), theirs.getId());
    StatusRuntimeException invented = refusedSource(ours.getId(), theirs.getId() + 1);
    assertThat(foreign.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(foreign.getMessage().replaceAll("\\d+", "ID"))
        .isEqualTo(invented.getMessage().replaceAll("\\d+", "ID"));
    assertThat(recipients(ours.getId())).isEmpty();
  }

  private static StatusRuntimeException refusedSource(long campaign, long source) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            stage
                .audiences()
                .setAudienceFromCampaign(
                    SetAudienceFromCampaignRequest.newBuilder()
                        .setCampaignId(campaign)
                        .setSourceCampaignId(source)
                        .setFilter(MessageFilter.getDefaultInstance())
                        .build()));
  }

  @Test
  void columnsAreMappedToParametersAndAMissingValueIsARowErrorBeforeTheLaunch() {
    CreateCampaignRequest.Builder request =
        stage.draftRequest(
            channel, stage.template(channel, "order_update"), CampaignType.BROADCAST);
    request
        .getContentBuilder()
        .getTemplateBuilder()
        .addParameters(binding("body.1").setColumn("Customer").setFallback("customer"))
        .addParameters(binding("body.2").setColumn("order"))
        .addParameters(binding("body.3").setText("Friday"))
        .addParameters(binding("button.0.1").setColumn("order"));
    Campaign draft = stage.campaigns().createCampaign(request.build()).getCampaign();
    String csv =
        """
        phone,order,customer,unused
        +919830000001,A1,Asha,x
        +919830000002,,Bela,x
        +919830000003,A3,,x
        """;
    AudienceImport done = stage.upload(draft.getId(), csv);
    assertThat(done.getAccepted()).isEqualTo(2);
    assertThat(
            stage
                .audiences()
                .listRowErrors(
                    ListRowErrorsRequest.newBuilder().setCampaignId(draft.getId()).build())
                .getErrorsList())
        .extracting(RowError::getRow, RowError::getColumn, RowError::getReason)
        .containsExactly(tuple(3, "order", "PARAMETER_MISSING"));
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(draft.getId())).isEqualTo(2);
  }

  private static ParameterBinding.Builder binding(String placeholder) {
    return ParameterBinding.newBuilder().setPlaceholder(placeholder);
  }

  @Test
  void aMappingToAColumnThatIsNotThereIsSaidBeforeTheLaunch() {
    CreateCampaignRequest.Builder request =
        stage.draftRequest(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    request
        .getContentBuilder()
        .getTemplateBuilder()
        .addParameters(binding("body.1").setColumn("nickname"));
    Campaign draft = stage.campaigns().createCampaign(request.build()).getCampaign();
    stage.upload(draft.getId(), "phone,other\n+919840000001,x\n");
    assertThat(Stage.reasonOf(() -> stage.launch(draft.getId()))).isEqualTo("PARAMETERS_MISSING");
    assertThat(stage.billing.reserved(draft.getId())).isZero();
  }

  @Test
  void whoOptsOutAfterTheLaunchIsSkippedAtTheMomentOfDispatch() {
    Campaign draft = draft("simple_news");
    stage.upload(
        draft.getId(),
        "phone,first_name\n+919850000001,Asha\n+919850000002,Bela\n+919850000003,Chitra\n");
    optOut("+919850000001");
    assertThat(
            stage
                .campaigns()
                .estimateCampaign(
                    EstimateCampaignRequest.newBuilder().setCampaignId(draft.getId()).build())
                .getSkipped())
        .isOne();
    // Scheduled, so that somebody can still change his mind.
    stage.schedule(draft.getId(), java.time.Instant.now().plusSeconds(3600));
    optOut("+919850000003");
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(draft.getId()).keySet()).containsExactly(1);
    Awaitility.await().until(() -> stage.analytics.messages(draft.getId()).size() == 3);
    for (int skipped : List.of(0, 2)) {
      assertThat(
              stage
                  .analytics
                  .messages(draft.getId())
                  .get(skipped)
                  .of(EvidenceKind.SKIPPED)
                  .getSkipReason())
          .isEqualTo(SkipReason.OPTED_OUT);
    }
  }

  private static void optOut(String phone) {
    stage
        .contacts()
        .setOptOut(SetOptOutRequest.newBuilder().setPhone(phone).setOptedOut(true).build());
  }

  @Test
  void anEmptyAudienceIsNotLaunchedAndAnApiCampaignHasNoFile() {
    Campaign empty = draft("simple_news");
    assertThat(Stage.reasonOf(() -> stage.launch(empty.getId()))).isEqualTo("AUDIENCE_EMPTY");
    Campaign api = stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.API);
    assertThat(Stage.reasonOf(() -> stage.upload(api.getId(), Stage.people(1, "first_name"))))
        .isEqualTo("NOT_A_BROADCAST");
    Campaign sent = draft("simple_news");
    stage.upload(sent.getId(), Stage.people(1, "first_name"));
    stage.launch(sent.getId());
    assertThat(Stage.reasonOf(() -> stage.upload(sent.getId(), Stage.people(1, "first_name"))))
        .isEqualTo("CAMPAIGN_NOT_DRAFT");
  }
}
