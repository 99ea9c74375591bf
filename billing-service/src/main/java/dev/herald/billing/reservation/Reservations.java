package dev.herald.billing.reservation;

import dev.herald.billing.ledger.Journal;
import dev.herald.billing.ledger.Ledger;
import dev.herald.billing.ledger.Movement;
import dev.herald.billing.ledger.OpenBooks;
import dev.herald.billing.ledger.Origin;
import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.billing.wallet.ChargeBasis;
import dev.herald.runtime.HeraldException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Sets money aside for campaigns: in full, or not at all. */
public final class Reservations {
  private final Ledger ledger;
  private final LineStore lines;
  private final CampaignStore campaigns;
  private final AllowanceStore allowances = new AllowanceStore();
  private final Supplier<RateCardBook> cards;
  private final InstantSource clock;

  public Reservations(
      Ledger ledger,
      LineStore lines,
      CampaignStore campaigns,
      Supplier<RateCardBook> cards,
      InstantSource clock) {
    this.ledger = ledger;
    this.lines = lines;
    this.campaigns = campaigns;
    this.cards = cards;
    this.clock = clock;
  }

  /**
   * Brings each line up to its total. Totals at or below what is reserved change nothing, so
   * repeats and late answers are harmless; a wallet that has too little refuses the whole request.
   */
  public Reserved reserve(ReservationRequest request) {
    requirePlausible(request);
    try {
      return ledger.transact(request.workspaceId(), books -> reserve(request, books));
    } catch (ArithmeticException e) {
      throw HeraldException.invalid(
          "lines", "AMOUNT_TOO_LARGE", "The cost of these messages exceeds any wallet.");
    }
  }

  private Reserved reserve(ReservationRequest request, OpenBooks books) {
    Journal journal = books.requiredJournal(request.workspaceId());
    RateCardBook book = cards.get();
    Map<LineKey, Line> existing =
        lines.find(books.tx(), request.lines().stream().map(request::key).toList());
    List<Line> before = new ArrayList<>();
    for (ReservationRequest.Wanted wanted : request.lines()) {
      Line line = existing.get(request.key(wanted));
      before.add(line == null ? begin(request, wanted, journal, book) : line);
    }
    Allowances free = Allowances.open(allowances, books.tx(), before, book);
    List<Settlement> settlements = new ArrayList<>();
    for (int index = 0; index < before.size(); index++) {
      settlements.add(grow(before.get(index), request.lines().get(index), free, book));
    }
    requireFunds(settlements, journal);
    post(settlements, journal);
    List<Line> after = settlements.stream().map(Settlement::line).toList();
    // A question that reserves nothing fixes neither a price nor a basis.
    List<Line> added =
        after.stream()
            .filter(line -> !existing.containsKey(line.key()) && line.totals().reserved() > 0)
            .toList();
    ChargeBasis basis = basis(request, journal, books, !added.isEmpty());
    lines.insert(books.tx(), added);
    lines.update(
        books.tx(),
        after.stream()
            .filter(l -> existing.containsKey(l.key()) && !l.equals(existing.get(l.key())))
            .toList());
    free.save(allowances, books.tx());
    return new Reserved(
        journal.wallet().currency(),
        lines.held(books.tx(), request.workspaceId(), request.campaignId()),
        journal.available(),
        basis,
        after);
  }

  private ChargeBasis basis(
      ReservationRequest request, Journal journal, OpenBooks books, boolean keep) {
    ChargeBasis current = journal.wallet().chargeBasis();
    return keep
        ? campaigns.keepBasis(
            books.tx(), request.workspaceId(), request.campaignId(), current, journal.at())
        : campaigns
            .findBasis(books.tx(), request.workspaceId(), request.campaignId())
            .orElse(current);
  }

  private static Line begin(
      ReservationRequest request,
      ReservationRequest.Wanted wanted,
      Journal journal,
      RateCardBook book) {
    PriceTag price =
        PriceTag.of(
            book.quote(
                journal.wallet().currency(),
                Lot.day("lines.lot", wanted.lot()),
                wanted.country(),
                request.category()),
            journal.wallet().markup());
    return Line.begin(request.key(wanted), journal.at(), request.channelId(), price);
  }

  private static Settlement grow(
      Line line, ReservationRequest.Wanted wanted, Allowances free, RateCardBook book) {
    if (wanted.messagesTotal() <= line.totals().reserved()) {
      return new Settlement(line, List.of());
    }
    int freeByWindow =
        book.rules(Lot.day("lines.lot", line.key().lot()))
            .map(rules -> rules.freeByWindow(line.price().category(), wanted.windowTotals()))
            .orElse(0);
    int more = wanted.messagesTotal() - line.totals().reserved();
    int windowMore = Math.min(more, Math.max(0, freeByWindow - line.free().byWindow()));
    Settlement settlement =
        Settlement.reserve(line, wanted.messagesTotal(), windowMore, free.leftFor(line));
    free.moved(line, settlement.line());
    return settlement;
  }

  private static void requireFunds(List<Settlement> settlements, Journal journal) {
    Micros required = Micros.ZERO;
    for (Settlement settlement : settlements) {
      Micros unitPrice = settlement.line().price().unitPrice();
      for (Settlement.Step step : settlement.steps()) {
        Micros amount = unitPrice.times(step.messages());
        required =
            step.movement() == Movement.RESERVATION
                ? required.plus(amount)
                : required.minus(amount);
      }
    }
    if (required.isPositive() && required.compareTo(journal.available()) > 0) {
      throw insufficient(required, journal);
    }
  }

  private static HeraldException insufficient(Micros required, Journal journal) {
    Micros missing = required.minus(journal.available());
    String currency = journal.wallet().currency();
    return HeraldException.precondition(
        "INSUFFICIENT_FUNDS",
        "The wallet has %s available; this needs %s. Top up at least %s."
            .formatted(
                journal.available().text(currency),
                required.text(currency),
                missing.text(currency)),
        Map.of(
            "required_micros", Long.toString(required.value()),
            "available_micros", Long.toString(journal.available().value()),
            "missing_micros", Long.toString(missing.value()),
            "currency", currency));
  }

  // What gives money back goes first, over all lines, so that no reservation dips below zero.
  private static void post(List<Settlement> settlements, Journal journal) {
    for (boolean reserving : new boolean[] {false, true}) {
      for (Settlement settlement : settlements) {
        Line line = settlement.line();
        for (Settlement.Step step : settlement.steps()) {
          if ((step.movement() == Movement.RESERVATION) == reserving) {
            Postings.post(journal, line, step, Origin.RESERVE, line.totals().reserved());
          }
        }
      }
    }
  }

  private void requirePlausible(ReservationRequest request) {
    LocalDate tomorrow = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).plusDays(1);
    Set<LineKey> seen = new HashSet<>();
    for (int index = 0; index < request.lines().size(); index++) {
      ReservationRequest.Wanted wanted = request.lines().get(index);
      String field = "lines[" + index + "]";
      if (Lot.day(field + ".lot", wanted.lot()).isAfter(tomorrow)) {
        throw HeraldException.invalid(
            field + ".lot", "LOT_IN_FUTURE", "The lot " + wanted.lot() + " is in the future.");
      }
      if (!seen.add(request.key(wanted))) {
        throw HeraldException.invalid(
            field,
            "DUPLICATE_LINE",
            "The line %s %d is named twice.".formatted(wanted.country(), wanted.lot()));
      }
      if (!wanted.windowTotals().fit(wanted.messagesTotal())) {
        throw HeraldException.invalid(
            field,
            "TOO_MANY_FREE",
            "More messages are said to be in a window than there are messages.");
      }
    }
  }
}
