package dev.herald.billing.reservation;

import dev.herald.billing.ledger.Journal;
import dev.herald.billing.ledger.Ledger;
import dev.herald.billing.ledger.OpenBooks;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.database.DatabaseErrors;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what analytics and campaigns report: a batch of states is one transaction with a handful
 * of statements, however many lines it has. A state that cannot be applied is left out and
 * reported.
 */
public final class Settlements {
  public static final int MAX_BATCH = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Settlements.class);
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

  private final Ledger ledger;
  private final LineStore lines;
  private final AllowanceStore allowances = new AllowanceStore();
  private final Supplier<RateCardBook> cards;
  private final Counter settled;
  private final Counter beyondReserved;

  public Settlements(
      Ledger ledger, LineStore lines, Supplier<RateCardBook> cards, MeterRegistry metrics) {
    this.ledger = ledger;
    this.lines = lines;
    this.cards = cards;
    this.settled =
        Counter.builder("herald.settled.lines")
            .description("Lines settled from usage or unattempted totals")
            .register(metrics);
    this.beyondReserved =
        Counter.builder("herald.lines.beyond.reserved")
            .description(
                "Lines that became known to have more messages than were reserved; must stay 0")
            .register(metrics);
  }

  /** Applies the states; the answer has a reason for each that could not be, by index. */
  public Map<Integer, Rejection> settle(List<? extends LineUpdate> updates) {
    if (updates.size() > MAX_BATCH) {
      throw HeraldException.invalid(
          "totals", "BATCH_TOO_LARGE", "A batch has at most " + MAX_BATCH + " elements.");
    }
    Map<Integer, Rejection> rejections = new TreeMap<>();
    Map<Integer, LineUpdate> good = new LinkedHashMap<>();
    for (int index = 0; index < updates.size(); index++) {
      LineUpdate update = updates.get(index);
      Optional<Rejection> flaw = flaw(update);
      if (flaw.isPresent()) {
        rejections.put(index, flaw.get());
      } else if (update.key().lot() != 0) {
        good.put(index, update);
      }
    }
    if (!good.isEmpty()) {
      rejections.putAll(apply(good));
    }
    if (!rejections.isEmpty()) {
      log.warn(
          "States rejected count={} of={} first={}",
          rejections.size(),
          updates.size(),
          rejections.values().iterator().next());
    }
    return rejections;
  }

  private Map<Integer, Rejection> apply(Map<Integer, LineUpdate> updates) {
    try {
      return transact(updates);
    } catch (RuntimeException e) {
      if (!DatabaseErrors.isDataError(e)) {
        throw e;
      }
      // The database refused something our own checks let pass: find out which, spare the others.
      return updates.size() == 1 ? refuseOnly(updates, e) : applyOneByOne(updates);
    }
  }

  private Map<Integer, Rejection> applyOneByOne(Map<Integer, LineUpdate> updates) {
    Map<Integer, Rejection> rejections = new TreeMap<>();
    updates.forEach((index, update) -> rejections.putAll(apply(Map.of(index, update))));
    return rejections;
  }

  private static Map<Integer, Rejection> refuseOnly(
      Map<Integer, LineUpdate> updates, RuntimeException failure) {
    log.error("A state cannot be applied update={}", updates.values(), failure);
    Rejection rejection =
        new Rejection(
            Rejection.Reason.NOT_APPLICABLE, "The ledger refused the movements of this state.");
    return updates.keySet().stream().collect(Collectors.toMap(index -> index, index -> rejection));
  }

  private Map<Integer, Rejection> transact(Map<Integer, LineUpdate> updates) {
    Set<Long> workspaces = new TreeSet<>();
    updates.values().forEach(update -> workspaces.add(update.key().workspaceId()));
    return ledger.transact(workspaces, books -> new Batch(books, updates).run());
  }

  private static Optional<Rejection> flaw(LineUpdate update) {
    LineKey key = update.key();
    boolean named =
        key.workspaceId() > 0
            && key.campaignId() > 0
            && key.lot() >= 0
            && COUNTRY.matcher(key.country()).matches();
    return Rejection.unless(
            named,
            Rejection.Reason.INVALID_KEY,
            "workspace_id, campaign_id, country and lot must name a line.")
        .or(
            () ->
                Rejection.unless(
                    update.version() > 0,
                    Rejection.Reason.INVALID_VERSION,
                    "version must be positive."))
        .or(update::flaw);
  }

  /** The states of one transaction. */
  private final class Batch {
    private final OpenBooks books;
    private final Map<Integer, LineUpdate> updates;
    private final Map<LineKey, Line> known;
    private final Map<LineKey, Line> changed = new TreeMap<>();
    private final Map<Integer, Rejection> rejections = new TreeMap<>();
    private final Allowances free;

    Batch(OpenBooks books, Map<Integer, LineUpdate> updates) {
      this.books = books;
      this.updates = updates;
      Handle tx = books.tx();
      this.known =
          lines.find(tx, updates.values().stream().map(LineUpdate::key).distinct().toList());
      this.free = Allowances.open(allowances, tx, known.values(), cards.get());
    }

    Map<Integer, Rejection> run() {
      updates.forEach(
          (index, update) -> follow(update).ifPresent(why -> rejections.put(index, why)));
      lines.settle(books.tx(), List.copyOf(changed.values()));
      free.save(allowances, books.tx());
      settled.increment(changed.size());
      return rejections;
    }

    private Optional<Rejection> follow(LineUpdate update) {
      Line line = changed.getOrDefault(update.key(), known.get(update.key()));
      Optional<Journal> journal = books.journal(update.key().workspaceId());
      if (line == null || journal.isEmpty()) {
        return Optional.of(
            new Rejection(
                Rejection.Reason.UNKNOWN_LINE, "No money was ever reserved for this line."));
      }
      long knownVersion = update.knownVersion(line.totals());
      if (update.version() < knownVersion) {
        return Optional.empty();
      }
      Totals totals = update.in(line.totals());
      if (update.version() == knownVersion) {
        return Rejection.unless(
            totals.equals(line.totals()),
            Rejection.Reason.VERSION_REUSED,
            "Version %d of this line was reported before with other totals."
                .formatted(update.version()));
      }
      return settle(update, line, totals, journal.get());
    }

    private Optional<Rejection> settle(
        LineUpdate update, Line line, Totals totals, Journal journal) {
      Journal.Mark mark = journal.mark();
      try {
        Settlement settlement = Settlement.settle(line, totals, free.leftFor(line));
        for (Settlement.Step step : settlement.steps()) {
          Postings.post(journal, line, step, update.origin(), update.version());
        }
        free.moved(line, settlement.line());
        changed.put(line.key(), settlement.line());
        countIfBeyondReserved(line, settlement.line());
        return Optional.empty();
      } catch (ArithmeticException e) {
        journal.rewind(mark);
        return Optional.of(
            new Rejection(
                Rejection.Reason.AMOUNT_TOO_LARGE, "The amounts of this state fit no wallet."));
      }
    }

    private void countIfBeyondReserved(Line before, Line after) {
      if (after.totals().open() < 0 && before.totals().open() >= 0) {
        beyondReserved.increment();
        log.warn("More messages are known of a line than were reserved line={}", after.key());
      }
    }
  }
}
