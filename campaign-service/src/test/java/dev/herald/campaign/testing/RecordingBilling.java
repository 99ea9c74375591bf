package dev.herald.campaign.testing;

import dev.herald.billing.v1.ChargeBasis;
import dev.herald.billing.v1.CostEstimate;
import dev.herald.billing.v1.EstimateReservationRequest;
import dev.herald.billing.v1.EstimateReservationResponse;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.PricedLine;
import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.RecordUnattemptedResponse;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.runtime.HeraldException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;

/** One wallet whose every message costs 1000 micros, with the contract's cumulative totals. */
public final class RecordingBilling extends ReservationServiceGrpc.ReservationServiceImplBase {
  public static final long PRICE = 1000;

  private final Map<String, Integer> reserved = new HashMap<>();
  private final Map<String, UnattemptedTotal> unattempted = new HashMap<>();
  private long available = 1_000_000_000_000L;
  private boolean unavailable;
  private boolean answersLost;

  /** What is free to reserve from now on, whatever was released before. */
  public synchronized void setAvailable(long micros) {
    available += micros - available();
  }

  public synchronized void setUnavailable(boolean unavailable) {
    this.unavailable = unavailable;
  }

  /** Reserves, but the answer never arrives. */
  public synchronized void loseAnswers(boolean answersLost) {
    this.answersLost = answersLost;
  }

  /** What is free to reserve, releases given back. */
  public synchronized long available() {
    return available
        + unattempted.values().stream().mapToLong(UnattemptedTotal::getMessages).sum() * PRICE;
  }

  public synchronized int reserved(long campaign) {
    return sum(reserved, campaign);
  }

  public synchronized int unattempted(long campaign) {
    return unattempted.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(campaign + "/"))
        .mapToInt(entry -> entry.getValue().getMessages())
        .sum();
  }

  private static int sum(Map<String, Integer> totals, long campaign) {
    return totals.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(campaign + "/"))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  @Override
  public synchronized void estimateReservation(
      EstimateReservationRequest request, StreamObserver<EstimateReservationResponse> answer) {
    long messages = request.getCountriesList().stream().mapToLong(c -> c.getMessages()).sum();
    answer.onNext(
        EstimateReservationResponse.newBuilder()
            .setEstimate(
                CostEstimate.newBuilder()
                    .setTotal(money(messages * PRICE))
                    .setAvailable(money(available())))
            .build());
    answer.onCompleted();
  }

  @Override
  public synchronized void reserve(ReserveRequest request, StreamObserver<ReserveResponse> answer) {
    if (unavailable) {
      answer.onError(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    long needed = 0;
    for (ReservationLine line : request.getLinesList()) {
      int before = reserved.getOrDefault(key(request, line), 0);
      needed += Math.max(0, line.getMessagesTotal() - before) * PRICE;
    }
    if (needed > available()) {
      throw HeraldException.precondition(
          "INSUFFICIENT_FUNDS",
          "Top up.",
          Map.of("missing_micros", Long.toString(needed - available())));
    }
    available -= needed;
    ReserveResponse.Builder response =
        ReserveResponse.newBuilder().setChargeBasis(ChargeBasis.ON_SENT);
    for (ReservationLine line : request.getLinesList()) {
      int total = reserved.merge(key(request, line), line.getMessagesTotal(), Math::max);
      response.addLines(
          PricedLine.newBuilder()
              .setCountry(line.getCountry())
              .setLot(line.getLot())
              .setMessagesTotal(total)
              .setUnitPrice(money(PRICE)));
    }
    if (answersLost) {
      answer.onError(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    answer.onNext(response.setReserved(money(needed)).setAvailable(money(available)).build());
    answer.onCompleted();
  }

  private static String key(ReserveRequest request, ReservationLine line) {
    return request.getCampaignId() + "/" + line.getCountry() + "/" + line.getLot();
  }

  @Override
  public synchronized void recordUnattempted(
      RecordUnattemptedRequest request, StreamObserver<RecordUnattemptedResponse> answer) {
    for (UnattemptedTotal total : request.getTotalsList()) {
      unattempted.merge(
          total.getCampaignId() + "/" + total.getCountry() + "/" + total.getLot(),
          total,
          (old, now) -> now.getVersion() > old.getVersion() ? now : old);
    }
    answer.onNext(RecordUnattemptedResponse.getDefaultInstance());
    answer.onCompleted();
  }

  private static Money money(long micros) {
    return Money.newBuilder().setCurrency("USD").setMicros(micros).build();
  }
}
