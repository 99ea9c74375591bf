package dev.herald.billing;

import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.PricedLine;
import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceFutureStub;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.billing.v1.UsageTotal;
import dev.herald.runtime.Ids;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Plays campaigns to their end and tells billing about them, badly: totals get lost, arrive twice,
 * late and out of order, and some answers are not waited for. Only the last word about each line is
 * repeated until it has been taken.
 */
final class Relay {
  private static final List<String> COUNTRIES = List.of("IN", "BR", "US", "DE", "KZ", "NG", "ZZ");
  private static final List<Integer> LOTS = List.of(20260930, 20261001, BillingFixture.LOT);
  private static final Set<Status.Code> UNKNOWN_OUTCOME =
      Set.of(
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.ABORTED,
          Status.Code.RESOURCE_EXHAUSTED);
  private static final int ROUNDS = 5;

  private final BillingFixture billing;
  private final List<PlayedWallet> wallets;
  private final RandomGenerator random;
  private final List<PlayedLine> lines = new ArrayList<>();
  private final List<UsageTotal> usage = new ArrayList<>();
  private final List<UnattemptedTotal> unattempted = new ArrayList<>();

  Relay(BillingFixture billing, List<PlayedWallet> wallets, RandomGenerator random) {
    this.billing = billing;
    this.wallets = wallets;
    this.random = random;
  }

  List<PlayedLine> playOut(int campaigns) {
    for (int i = 0; i < campaigns; i++) {
      begin();
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (PlayedLine line : lines) {
        step(line);
      }
      tellSome();
    }
    tellTheLastWord();
    return lines;
  }

  /** Reserves a new campaign, which a poor wallet may refuse at first. */
  private void begin() {
    PlayedWallet wallet = wallets.get(random.nextInt(wallets.size()));
    long campaign = Ids.next();
    int lot = LOTS.get(random.nextInt(LOTS.size()));
    ReserveRequest.Builder request =
        ReserveRequest.newBuilder()
            .setWorkspaceId(wallet.workspace)
            .setCampaignId(campaign)
            .setCategory(
                random.nextBoolean() ? MessageCategory.MARKETING : MessageCategory.UTILITY);
    List<String> countries = new ArrayList<>(COUNTRIES);
    Collections.shuffle(countries, Random.from(random));
    for (String country : countries.subList(0, 1 + random.nextInt(2))) {
      request.addLines(
          ReservationLine.newBuilder()
              .setCountry(country)
              .setLot(lot)
              .setMessagesTotal(1 + random.nextInt(20)));
    }
    while (true) {
      try {
        ReserveResponse answer = reserve(request.build());
        for (PricedLine priced : answer.getLinesList()) {
          PlayedLine line =
              new PlayedLine(
                  wallet.workspace,
                  campaign,
                  priced.getCountry(),
                  priced.getLot(),
                  priced.getUnitPrice().getMicros());
          line.reservedInAll(priced.getMessagesTotal());
          lines.add(line);
        }
        return;
      } catch (StatusRuntimeException e) {
        requireRefusal(e);
        wallet.topUp(1 + random.nextInt(2));
      }
    }
  }

  private void step(PlayedLine line) {
    switch (random.nextInt(12)) {
      case 0 -> grow(line);
      case 1 -> {
        line.stops(random);
        unattempted.add(line.unattempted());
      }
      default -> {
        line.happens(random);
        usage.add(line.usage());
      }
    }
  }

  /** An API campaign asks for more; a wallet without money refuses and nothing has happened. */
  private void grow(PlayedLine line) {
    int wanted = Math.max(0, line.reserved() + random.nextInt(12) - 3);
    ReserveRequest request =
        ReserveRequest.newBuilder()
            .setWorkspaceId(line.workspace)
            .setCampaignId(line.campaign)
            .setCategory(MessageCategory.MARKETING)
            .addLines(
                ReservationLine.newBuilder()
                    .setCountry(line.country)
                    .setLot(line.lot)
                    .setMessagesTotal(wanted))
            .build();
    try {
      ReserveResponse answer = reserve(request);
      line.reservedInAll(answer.getLines(0).getMessagesTotal());
    } catch (StatusRuntimeException e) {
      requireRefusal(e);
    }
  }

  private ReserveResponse reserve(ReserveRequest request) {
    if (random.nextInt(50) == 0) {
      unheard(stub -> stub.reserve(request));
    }
    return untilAnswered(() -> billing.reservations().reserve(request));
  }

  private void tellSome() {
    Random shuffle = Random.from(random);
    Collections.shuffle(usage, shuffle);
    Collections.shuffle(unattempted, shuffle);
    usage(List.copyOf(usage.subList(0, random.nextInt(usage.size() + 1))));
    unattempted(List.copyOf(unattempted.subList(0, random.nextInt(unattempted.size() + 1))));
    // Told or not, most is forgotten; what stays is told again later, out of order.
    usage.removeIf(told -> random.nextInt(4) > 0);
    unattempted.removeIf(told -> random.nextInt(4) > 0);
  }

  private void tellTheLastWord() {
    for (PlayedLine line : lines) {
      if (line.hasUsage()) {
        usage.add(line.usage());
      }
      if (line.hasUnattempted()) {
        unattempted.add(line.unattempted());
      }
    }
    Random shuffle = Random.from(random);
    Collections.shuffle(usage, shuffle);
    Collections.shuffle(unattempted, shuffle);
    unattempted(unattempted);
    usage(usage);
  }

  private void usage(List<UsageTotal> totals) {
    RecordUsageRequest request = RecordUsageRequest.newBuilder().addAllTotals(totals).build();
    if (random.nextInt(4) == 0) {
      unheard(stub -> stub.recordUsage(request));
    }
    var answer = untilAnswered(() -> billing.reservations().recordUsage(request));
    if (answer.getRejectionsCount() > 0) {
      throw new AssertionError(answer.toString());
    }
  }

  private void unattempted(List<UnattemptedTotal> totals) {
    RecordUnattemptedRequest request =
        RecordUnattemptedRequest.newBuilder().addAllTotals(totals).build();
    if (random.nextInt(4) == 0) {
      unheard(stub -> stub.recordUnattempted(request));
    }
    var answer = untilAnswered(() -> billing.reservations().recordUnattempted(request));
    if (answer.getRejectionsCount() > 0) {
      throw new AssertionError(answer.toString());
    }
  }

  /**
   * Dies between asking and hearing the answer: what was asked happens some time, or not at all.
   */
  private void unheard(Consumer<ReservationServiceFutureStub> call) {
    call.accept(billing.unheardReservations());
  }

  /** Asks again while it is not known whether the last time did anything. */
  static <T> T untilAnswered(Supplier<T> call) {
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (!UNKNOWN_OUTCOME.contains(e.getStatus().getCode())) {
          throw e;
        }
      }
    }
  }

  private static void requireRefusal(StatusRuntimeException e) {
    if (e.getStatus().getCode() != Status.Code.FAILED_PRECONDITION) {
      throw e;
    }
  }
}
