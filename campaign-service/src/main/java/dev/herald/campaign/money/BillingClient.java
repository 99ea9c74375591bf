package dev.herald.campaign.money;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.herald.billing.v1.CostEstimate;
import dev.herald.billing.v1.CountryCount;
import dev.herald.billing.v1.EstimateReservationRequest;
import dev.herald.billing.v1.LineRejection;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Billing, as campaigns see it. */
public final class BillingClient {
  private static final Logger log = LoggerFactory.getLogger(BillingClient.class);
  private static final long SECONDS = 10;

  private final ReservationServiceBlockingStub billing;

  public BillingClient(Channel channel) {
    this.billing = ReservationServiceGrpc.newBlockingStub(channel);
  }

  /** What these messages would cost now, if they left through this channel. */
  public CostEstimate estimate(
      WorkspaceId workspace, ChannelId channel, String category, Map<String, Integer> countries) {
    EstimateReservationRequest.Builder request =
        EstimateReservationRequest.newBuilder()
            .setWorkspaceId(workspace.value())
            .setChannelId(channel.value())
            .setCategory(MessageCategory.valueOf(category));
    countries.forEach(
        (country, messages) ->
            request.addCountries(
                CountryCount.newBuilder().setCountry(country).setMessages(messages)));
    try {
      return stub().estimateReservation(request.build()).getEstimate();
    } catch (StatusRuntimeException e) {
      throw forCaller(e);
    }
  }

  /**
   * Brings the reserved messages of each line up to the named totals. The channel's free service
   * messages of the month pay for what they can.
   *
   * @throws HeraldException PRECONDITION INSUFFICIENT_FUNDS if nothing was reserved for lack of
   *     money; UNAVAILABLE if it is not known whether anything was
   */
  public ReserveResponse reserve(
      WorkspaceId workspace,
      CampaignId campaign,
      ChannelId channel,
      String category,
      Map<Line, Integer> totals) {
    ReserveRequest.Builder request =
        ReserveRequest.newBuilder()
            .setWorkspaceId(workspace.value())
            .setCampaignId(campaign.value())
            .setChannelId(channel.value())
            .setCategory(MessageCategory.valueOf(category));
    totals.forEach((line, total) -> request.addLines(line(line, total)));
    return reserve(request.build());
  }

  /** How many messages of a line have been reserved in all; reserves nothing. */
  public int reservedInAll(WorkspaceId workspace, CampaignId campaign, String category, Line line) {
    ReserveResponse answer =
        reserve(
            ReserveRequest.newBuilder()
                .setWorkspaceId(workspace.value())
                .setCampaignId(campaign.value())
                .setCategory(MessageCategory.valueOf(category))
                .addLines(line(line, 0))
                .build());
    return answer.getLines(0).getMessagesTotal();
  }

  private static ReservationLine line(Line line, int total) {
    return ReservationLine.newBuilder()
        .setCountry(line.country())
        .setLot(line.lot())
        .setMessagesTotal(total)
        .build();
  }

  private ReserveResponse reserve(ReserveRequest request) {
    try {
      return stub().reserve(request);
    } catch (StatusRuntimeException e) {
      throw forCaller(e);
    }
  }

  /** Delivers rows of the outbox; of one line only the latest matters. */
  public void deliverUnattempted(List<byte[]> payloads) throws InvalidProtocolBufferException {
    RecordUnattemptedRequest.Builder request = RecordUnattemptedRequest.newBuilder();
    for (byte[] payload : payloads) {
      request.mergeFrom(RecordUnattemptedRequest.parseFrom(payload));
    }
    List<UnattemptedTotal> totals = new ArrayList<>(request.getTotalsList());
    for (LineRejection rejection : stub().recordUnattempted(request.build()).getRejectionsList()) {
      UnattemptedTotal rejected = totals.get(rejection.getIndex());
      log.error(
          "Billing rejected a release campaign={} country={} lot={} messages={} reason={}",
          rejected.getCampaignId(),
          rejected.getCountry(),
          rejected.getLot(),
          rejected.getMessages(),
          rejection.getReason());
    }
  }

  private ReservationServiceBlockingStub stub() {
    return billing.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  // What billing says of the wallet is meant for the caller; that it does not answer is our affair.
  private static HeraldException forCaller(StatusRuntimeException failure) {
    HeraldException error = GrpcErrors.fromStatus(failure);
    return switch (error.kind()) {
      case PRECONDITION, NOT_FOUND, EXHAUSTED -> error;
      case UNAVAILABLE, DEADLINE, CANCELLED, ABORTED ->
          HeraldException.unavailable(
                  "BILLING_UNAVAILABLE", "Billing does not answer just now. Try again.")
              .causedBy(failure);
      case INVALID, ALREADY_EXISTS, PERMISSION, UNAUTHENTICATED, UNIMPLEMENTED, INTERNAL ->
          HeraldException.internal("Billing refused our call", failure);
    };
  }
}
