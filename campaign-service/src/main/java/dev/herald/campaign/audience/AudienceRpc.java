package dev.herald.campaign.audience;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.contact.ContactRpc;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.AddRecipientsRequest;
import dev.herald.campaign.v1.AddRecipientsResponse;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsRequest;
import dev.herald.campaign.v1.BatchGetRecipientsResponse;
import dev.herald.campaign.v1.GetAudienceImportRequest;
import dev.herald.campaign.v1.GetAudienceImportResponse;
import dev.herald.campaign.v1.ListRecipientsRequest;
import dev.herald.campaign.v1.ListRecipientsResponse;
import dev.herald.campaign.v1.ListRowErrorsRequest;
import dev.herald.campaign.v1.ListRowErrorsResponse;
import dev.herald.campaign.v1.SetAudienceFromCampaignRequest;
import dev.herald.campaign.v1.SetAudienceFromCampaignResponse;
import dev.herald.campaign.v1.SetAudienceFromContactsRequest;
import dev.herald.campaign.v1.SetAudienceFromContactsResponse;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The gRPC edge of audiences. */
public final class AudienceRpc extends AudienceServiceGrpc.AudienceServiceImplBase {
  private static final String RECIPIENTS = "recipients.1";
  private static final String ERRORS = "row-errors.1";
  private static final int SHOWN_ERRORS = 100;

  private final Jdbi jdbi;
  private final Audiences audiences;
  private final CampaignStore campaigns;
  private final RecipientStore recipients;
  private final ImportStore imports;
  private final RequestLog requests;
  private final AnalyticsClient analytics;

  public AudienceRpc(
      Jdbi jdbi,
      Audiences audiences,
      CampaignStore campaigns,
      RecipientStore recipients,
      ImportStore imports,
      RequestLog requests,
      AnalyticsClient analytics) {
    this.jdbi = jdbi;
    this.audiences = audiences;
    this.campaigns = campaigns;
    this.recipients = recipients;
    this.imports = imports;
    this.requests = requests;
    this.analytics = analytics;
  }

  @Override
  public StreamObserver<UploadAudienceRequest> uploadAudience(
      StreamObserver<UploadAudienceResponse> answer) {
    return new UploadCall(audiences, this::proto, WorkspaceId.ofCaller(), answer);
  }

  @Override
  public void addRecipients(
      AddRecipientsRequest request, StreamObserver<AddRecipientsResponse> answer) {
    Rpc.answer(answer, () -> add(WorkspaceId.ofCaller(), request));
  }

  private AddRecipientsResponse add(WorkspaceId workspace, AddRecipientsRequest request) {
    var key = RequestLog.Key.of(workspace, "AddRecipients", request.getRequestId(), request);
    CampaignId id = new CampaignId(request.getCampaignId());
    List<Audiences.GivenRecipient> given =
        request.getRecipientsList().stream()
            .map(
                one ->
                    new Audiences.GivenRecipient(
                        one.getPhone(), one.getName(), one.getParametersMap()))
            .toList();
    AddRecipientsResponse response =
        jdbi.inTransaction(
            tx -> {
              Optional<AddRecipientsResponse> repeated =
                  requests.find(tx, key, AddRecipientsResponse.parser());
              if (repeated.isPresent()) {
                return repeated.get();
              }
              Audiences.Added added = audiences.add(tx, workspace, id, given);
              AddRecipientsResponse.Builder result =
                  AddRecipientsResponse.newBuilder()
                      .setAccepted(added.accepted())
                      .setDuplicates(added.duplicates());
              added.errors().stream().map(AudienceRpc::proto).forEach(result::addErrors);
              requests.store(tx, key, result.build().toByteArray());
              return result.build();
            });
    analytics.tellNow(jdbi.withHandle(handle -> campaigns.require(handle, workspace, id)));
    return response;
  }

  @Override
  public void setAudienceFromContacts(
      SetAudienceFromContactsRequest request,
      StreamObserver<SetAudienceFromContactsResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            SetAudienceFromContactsResponse.newBuilder()
                .setImport(
                    proto(
                        audiences.fromContacts(
                            WorkspaceId.ofCaller(),
                            new CampaignId(request.getCampaignId()),
                            ContactRpc.filter(request.getFilter()))))
                .build());
  }

  @Override
  public void setAudienceFromCampaign(
      SetAudienceFromCampaignRequest request,
      StreamObserver<SetAudienceFromCampaignResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            SetAudienceFromCampaignResponse.newBuilder()
                .setImport(
                    proto(
                        audiences.fromCampaign(
                            WorkspaceId.ofCaller(),
                            new CampaignId(request.getCampaignId()),
                            new CampaignId(request.getSourceCampaignId()),
                            request.getFilter(),
                            request.getConverted())))
                .build());
  }

  @Override
  public void getAudienceImport(
      GetAudienceImportRequest request, StreamObserver<GetAudienceImportResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            GetAudienceImportResponse.newBuilder()
                .setImport(
                    proto(
                        lastImport(
                            WorkspaceId.ofCaller(), new CampaignId(request.getCampaignId()))))
                .build());
  }

  private AudienceImport lastImport(WorkspaceId workspace, CampaignId id) {
    return jdbi.withHandle(
        handle -> {
          campaigns.require(handle, workspace, id);
          return imports
              .last(handle, id)
              .orElseThrow(
                  () ->
                      HeraldException.notFound(
                          "IMPORT_NOT_FOUND", "No audience has been uploaded yet."));
        });
  }

  @Override
  public void listRowErrors(
      ListRowErrorsRequest request, StreamObserver<ListRowErrorsResponse> answer) {
    Rpc.answer(answer, () -> errors(WorkspaceId.ofCaller(), request));
  }

  private ListRowErrorsResponse errors(WorkspaceId workspace, ListRowErrorsRequest request) {
    int size = PageSize.of(request.getPageSize());
    AudienceImport last = lastImport(workspace, new CampaignId(request.getCampaignId()));
    long audience = last.audience();
    int row = 0;
    String column = "";
    if (!request.getPageToken().isEmpty()) {
      // A page belongs to one import: after another upload its token says nothing.
      PageToken.Reader token = PageToken.read(ERRORS + audience, request.getPageToken());
      row = (int) token.number();
      column = token.text();
      token.end();
    }
    int fromRow = row;
    String fromColumn = column;
    List<RowError> found =
        jdbi.withHandle(handle -> imports.errors(handle, audience, fromRow, fromColumn, size + 1));
    ListRowErrorsResponse.Builder response = ListRowErrorsResponse.newBuilder();
    found.stream().limit(size).map(AudienceRpc::proto).forEach(response::addErrors);
    if (found.size() > size) {
      RowError end = found.get(size - 1);
      response.setNextPageToken(
          PageToken.write(ERRORS + audience).number(end.row()).text(end.column()).token());
    }
    return response.build();
  }

  @Override
  public void listRecipients(
      ListRecipientsRequest request, StreamObserver<ListRecipientsResponse> answer) {
    Rpc.answer(answer, () -> list(WorkspaceId.ofCaller(), request));
  }

  private ListRecipientsResponse list(WorkspaceId workspace, ListRecipientsRequest request) {
    int size = PageSize.of(request.getPageSize());
    Campaign campaign = require(workspace, request.getCampaignId());
    int start = request.getPendingOnly() ? campaign.attempted() : 0;
    long from = PageToken.number(RECIPIENTS + campaign.audienceId(), request.getPageToken(), start);
    int first = Math.max(start, (int) Math.min(Integer.MAX_VALUE, from));
    List<Recipient> found =
        jdbi.withHandle(
            handle ->
                recipients.list(
                    handle, campaign.audienceId(), first, campaign.audience(), size + 1));
    ListRecipientsResponse.Builder response = ListRecipientsResponse.newBuilder();
    found.stream().limit(size).map(one -> proto(campaign, one)).forEach(response::addRecipients);
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(RECIPIENTS + campaign.audienceId())
              .number(found.get(size).ordinal())
              .token());
    }
    return response.build();
  }

  @Override
  public void batchGetRecipients(
      BatchGetRecipientsRequest request, StreamObserver<BatchGetRecipientsResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          Campaign campaign = require(WorkspaceId.ofCaller(), request.getCampaignId());
          BatchGetRecipientsResponse.Builder response = BatchGetRecipientsResponse.newBuilder();
          jdbi
              .withHandle(
                  handle ->
                      recipients.named(handle, campaign.audienceId(), request.getOrdinalsList()))
              .stream()
              .filter(one -> one.ordinal() < campaign.audience())
              .map(one -> proto(campaign, one))
              .forEach(response::addRecipients);
          return response.build();
        });
  }

  private Campaign require(WorkspaceId workspace, long id) {
    return jdbi.withHandle(handle -> campaigns.require(handle, workspace, new CampaignId(id)));
  }

  private dev.herald.campaign.v1.AudienceImport proto(AudienceImport reading) {
    var proto =
        dev.herald.campaign.v1.AudienceImport.newBuilder()
            .setState(dev.herald.campaign.v1.AudienceImport.State.valueOf(reading.state().name()))
            .setRows(reading.rows())
            .setAccepted(reading.accepted())
            .setDuplicates(reading.duplicates())
            .setRejected(reading.rejected())
            .setOptedOut(reading.optedOut())
            .addAllColumns(reading.columns())
            .setPercent(reading.percent())
            .setFailureReason(reading.failureReason())
            .setFailureMessage(reading.failureMessage())
            .setStartTime(Protos.timestamp(reading.startedAt()));
    if (reading.endedAt() != null) {
      proto.setEndTime(Protos.timestamp(reading.endedAt()));
    }
    if (reading.rejected() > 0) {
      jdbi
          .withHandle(handle -> imports.errors(handle, reading.audience(), 0, "", SHOWN_ERRORS))
          .stream()
          .map(AudienceRpc::proto)
          .forEach(proto::addRowErrors);
    }
    return proto.build();
  }

  private static dev.herald.campaign.v1.RowError proto(RowError error) {
    return dev.herald.campaign.v1.RowError.newBuilder()
        .setRow(error.row())
        .setColumn(error.column())
        .setReason(error.reason())
        .setMessage(error.message())
        .build();
  }

  private static dev.herald.campaign.v1.Recipient proto(Campaign campaign, Recipient recipient) {
    return dev.herald.campaign.v1.Recipient.newBuilder()
        .setCampaignId(campaign.id().value())
        .setOrdinal(recipient.ordinal())
        .setPhone(recipient.isErased() ? "" : PhoneNumber.e164(recipient.phone()))
        .setName(recipient.name())
        .setCountry(recipient.country())
        .putAllParameters(Audiences.byColumn(campaign.columns(), recipient))
        .build();
  }
}
