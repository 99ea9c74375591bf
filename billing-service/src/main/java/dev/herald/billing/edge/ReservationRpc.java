package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;
import static dev.herald.billing.edge.Protos.money;

import dev.herald.billing.ratecard.Markup;
import dev.herald.billing.ratecard.Windows;
import dev.herald.billing.reservation.Line;
import dev.herald.billing.reservation.LineKey;
import dev.herald.billing.reservation.LineUpdate;
import dev.herald.billing.reservation.Rejection;
import dev.herald.billing.reservation.ReservationRequest;
import dev.herald.billing.reservation.Reservations;
import dev.herald.billing.reservation.Reserved;
import dev.herald.billing.reservation.Settlements;
import dev.herald.billing.statement.Statements;
import dev.herald.billing.v1.BatchGetCampaignCostsRequest;
import dev.herald.billing.v1.BatchGetCampaignCostsResponse;
import dev.herald.billing.v1.CreateWalletRequest;
import dev.herald.billing.v1.CreateWalletResponse;
import dev.herald.billing.v1.EstimateReservationRequest;
import dev.herald.billing.v1.EstimateReservationResponse;
import dev.herald.billing.v1.GetCampaignLinesRequest;
import dev.herald.billing.v1.GetCampaignLinesResponse;
import dev.herald.billing.v1.LineRejection;
import dev.herald.billing.v1.LineState;
import dev.herald.billing.v1.PricedLine;
import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.RecordUnattemptedResponse;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.RecordUsageResponse;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.Wallets;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** Money set aside and settled, for other parts of Herald. */
public final class ReservationRpc extends ReservationServiceGrpc.ReservationServiceImplBase {
  private final Wallets wallets;
  private final Estimation estimation;
  private final Reservations reservations;
  private final Settlements settlements;
  private final Statements statements;

  public ReservationRpc(
      Wallets wallets,
      Estimation estimation,
      Reservations reservations,
      Settlements settlements,
      Statements statements) {
    this.wallets = wallets;
    this.estimation = estimation;
    this.reservations = reservations;
    this.settlements = settlements;
    this.statements = statements;
  }

  @Override
  public void createWallet(
      CreateWalletRequest request, StreamObserver<CreateWalletResponse> observer) {
    Wallet wallet =
        wallets.create(
            request.getWorkspaceId(), request.getCurrency(), new Markup(request.getMarkupPpm()));
    answer(observer, CreateWalletResponse.newBuilder().setCurrency(wallet.currency()).build());
  }

  @Override
  public void estimateReservation(
      EstimateReservationRequest request, StreamObserver<EstimateReservationResponse> observer) {
    answer(
        observer,
        EstimateReservationResponse.newBuilder()
            .setEstimate(
                estimation.estimate(
                    request.getWorkspaceId(),
                    request.getCategory(),
                    request.getChannelId(),
                    request.getCountriesList()))
            .build());
  }

  @Override
  public void reserve(ReserveRequest request, StreamObserver<ReserveResponse> observer) {
    List<ReservationRequest.Wanted> wanted =
        request.getLinesList().stream()
            .map(
                line ->
                    new ReservationRequest.Wanted(
                        line.getCountry(),
                        line.getLot(),
                        line.getMessagesTotal(),
                        new Windows(line.getInWindowTotal(), line.getFreeEntryTotal())))
            .toList();
    Reserved reserved =
        reservations.reserve(
            new ReservationRequest(
                request.getWorkspaceId(),
                request.getCampaignId(),
                Protos.category(request.getCategory()),
                request.getChannelId(),
                wanted));
    ReserveResponse.Builder response =
        ReserveResponse.newBuilder()
            .setReserved(money(reserved.held(), reserved.currency()))
            .setAvailable(money(reserved.available(), reserved.currency()))
            .setChargeBasis(Protos.basis(reserved.chargeBasis()));
    for (Line line : reserved.lines()) {
      response.addLines(
          PricedLine.newBuilder()
              .setCountry(line.key().country())
              .setLot(line.key().lot())
              .setUnitPrice(money(line.price().unitPrice(), reserved.currency()))
              .setMessagesTotal(line.totals().reserved())
              .setFreeMessages(line.free().total()));
    }
    answer(observer, response.build());
  }

  @Override
  public void recordUsage(
      RecordUsageRequest request, StreamObserver<RecordUsageResponse> observer) {
    List<LineUpdate> updates =
        request.getTotalsList().stream()
            .<LineUpdate>map(
                total ->
                    new LineUpdate.Usage(
                        new LineKey(
                            total.getWorkspaceId(),
                            total.getCampaignId(),
                            total.getCountry(),
                            total.getLot()),
                        total.getVersion(),
                        total.getChargedMessages(),
                        total.getReleasedMessages()))
            .toList();
    answer(
        observer,
        RecordUsageResponse.newBuilder()
            .addAllRejections(rejections(settlements.settle(updates)))
            .build());
  }

  @Override
  public void recordUnattempted(
      RecordUnattemptedRequest request, StreamObserver<RecordUnattemptedResponse> observer) {
    List<LineUpdate> updates =
        request.getTotalsList().stream()
            .<LineUpdate>map(
                total ->
                    new LineUpdate.Unattempted(
                        new LineKey(
                            total.getWorkspaceId(),
                            total.getCampaignId(),
                            total.getCountry(),
                            total.getLot()),
                        total.getVersion(),
                        total.getMessages()))
            .toList();
    answer(
        observer,
        RecordUnattemptedResponse.newBuilder()
            .addAllRejections(rejections(settlements.settle(updates)))
            .build());
  }

  @Override
  public void getCampaignLines(
      GetCampaignLinesRequest request, StreamObserver<GetCampaignLinesResponse> observer) {
    GetCampaignLinesResponse.Builder response = GetCampaignLinesResponse.newBuilder();
    statements
        .findCampaign(request.getWorkspaceId(), request.getCampaignId())
        .ifPresent(
            statement -> {
              response.setChargeBasis(Protos.basis(statement.chargeBasis()));
              statement
                  .lines()
                  .forEach(line -> response.addLines(state(line, statement.currency())));
            });
    answer(observer, response.build());
  }

  @Override
  public void batchGetCampaignCosts(
      BatchGetCampaignCostsRequest request,
      StreamObserver<BatchGetCampaignCostsResponse> observer) {
    Statements.Costs costs =
        statements.costs(request.getWorkspaceId(), request.getCampaignIdsList());
    BatchGetCampaignCostsResponse.Builder response = BatchGetCampaignCostsResponse.newBuilder();
    costs
        .campaigns()
        .forEach(cost -> response.addCosts(StatementRpc.proto(cost, costs.currency())));
    answer(observer, response.build());
  }

  private static List<LineRejection> rejections(Map<Integer, Rejection> rejections) {
    return rejections.entrySet().stream()
        .map(
            rejection ->
                LineRejection.newBuilder()
                    .setIndex(rejection.getKey())
                    .setReason(rejection.getValue().reason().name())
                    .setMessage(rejection.getValue().message())
                    .build())
        .toList();
  }

  private static LineState state(Line line, String currency) {
    return LineState.newBuilder()
        .setCountry(line.key().country())
        .setLot(line.key().lot())
        .setCategory(Protos.category(line.price().category()))
        .setUnitPrice(money(line.price().unitPrice(), currency))
        .setReservedMessages(line.totals().reserved())
        .setChargedMessages(line.totals().charged())
        .setReleasedMessages(line.totals().released())
        .setUnattemptedMessages(line.totals().unattempted())
        .setFreeMessages(line.free().total())
        .setCharged(money(line.charged(), currency))
        .setReserved(money(line.held(), currency))
        .setUsageVersion(line.totals().usageVersion())
        .build();
  }
}
