package dev.herald.billing.statement;

import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.EntryRange;
import dev.herald.billing.ledger.EntryStore;
import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.CampaignStore;
import dev.herald.billing.reservation.Line;
import dev.herald.billing.reservation.LineStore;
import dev.herald.billing.wallet.ChargeBasis;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Says what was charged and why. Every statement is read from one snapshot. */
public final class Statements {
  /** Most lines on a page of a month. */
  public static final int MAX_LINES = 10_000;

  private static final int MAX_PAYMENTS = 10_000;
  private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);

  /** What began before midnight may be committed a little later, by clocks that differ a little. */
  private static final Duration SETTLING = Duration.ofMinutes(10);

  private final Jdbi jdbi;
  private final WalletStore wallets;
  private final EntryStore entries;
  private final LineStore lines;
  private final CampaignStore campaigns;
  private final StatementStore store = new StatementStore();
  private final InstantSource clock;

  public Statements(
      Jdbi jdbi,
      WalletStore wallets,
      EntryStore entries,
      LineStore lines,
      CampaignStore campaigns,
      InstantSource clock) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.entries = entries;
    this.lines = lines;
    this.campaigns = campaigns;
    this.clock = clock;
  }

  /** A page of a month: its lines after the key. Payments come with the first page only. */
  public MonthlyStatement month(
      long workspaceId, YearMonth month, StatementLine.Key after, int limit) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> page(handle, workspaceId, month, after, limit));
  }

  /** The whole month, however long, all of one snapshot. */
  public void read(long workspaceId, YearMonth month, Reader reader) {
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          handle.execute("set local statement_timeout = '" + READ_TIMEOUT.toMillis() + "ms'");
          Span span = span(handle, workspaceId, month);
          reader.begin(statement(handle, span, List.of(), List.of(), true));
          long afterNumber = 0;
          List<Entry> payments;
          do {
            payments = entries.payments(handle, span.range(), afterNumber, MAX_LINES);
            reader.payments(payments);
            afterNumber = payments.isEmpty() ? 0 : payments.getLast().number();
          } while (payments.size() == MAX_LINES);
          StatementLine.Key after = StatementLine.Key.FIRST;
          List<StatementLine> page;
          do {
            page = store.lines(handle, span.range(), after, MAX_LINES);
            reader.lines(page);
            after = page.isEmpty() ? after : page.getLast().key();
          } while (page.size() == MAX_LINES);
          reader.end();
        });
  }

  /** Takes a month in: first its sums, then all payments, then all lines. */
  public interface Reader {
    void begin(MonthlyStatement sums);

    void payments(List<Entry> some);

    void lines(List<StatementLine> some);

    void end();
  }

  /** A month of a wallet as a range of its entries. */
  private record Span(
      Wallet wallet, YearMonth month, EntryRange range, boolean over, Instant now) {}

  private MonthlyStatement page(
      Handle handle, long workspaceId, YearMonth month, StatementLine.Key after, int limit) {
    Span span = span(handle, workspaceId, month);
    List<StatementLine> found = store.lines(handle, span.range(), after, limit + 1);
    boolean complete = found.size() <= limit;
    boolean first = after.equals(StatementLine.Key.FIRST);
    return statement(
        handle,
        span,
        first ? entries.latestPayments(handle, span.range(), MAX_PAYMENTS) : List.of(),
        complete ? found : found.subList(0, limit),
        complete);
  }

  private Span span(Handle handle, long workspaceId, YearMonth month) {
    Instant begin = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    Instant end = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    Wallet wallet = requiredWallet(handle, workspaceId);
    EntryRange range =
        new EntryRange(
            workspaceId,
            entries.firstAtOrAfter(handle, workspaceId, begin),
            entries.firstAtOrAfter(handle, workspaceId, end));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new Span(wallet, month, range, !now.isBefore(end.plus(SETTLING)), now);
  }

  private MonthlyStatement statement(
      Handle handle, Span span, List<Entry> payments, List<StatementLine> found, boolean complete) {
    Micros opening = store.opening(handle, span.range());
    StatementStore.Sums sums = store.sums(handle, span.range());
    return new MonthlyStatement(
        span.month(),
        span.wallet().currency(),
        opening,
        sums.toppedUp(),
        sums.adjusted(),
        sums.charged(),
        sums.refunded(),
        opening
            .plus(sums.toppedUp())
            .plus(sums.adjusted())
            .minus(sums.charged())
            .plus(sums.refunded()),
        payments,
        found,
        complete,
        span.over(),
        span.now());
  }

  public CampaignStatement campaign(long workspaceId, long campaignId) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          Optional<ChargeBasis> basis = campaigns.findBasis(handle, workspaceId, campaignId);
          if (basis.isEmpty()) {
            throw HeraldException.notFound(
                "CAMPAIGN_NOT_FOUND", "No money was ever reserved for this campaign.");
          }
          List<Line> all = lines.ofCampaign(handle, workspaceId, campaignId);
          return new CampaignStatement(
              requiredWallet(handle, workspaceId).currency(),
              CampaignCost.of(campaignId, all),
              basis.get(),
              all);
        });
  }

  /** The statement of a campaign, or empty if it never had money. */
  public Optional<CampaignStatement> findCampaign(long workspaceId, long campaignId) {
    try {
      return Optional.of(campaign(workspaceId, campaignId));
    } catch (HeraldException e) {
      if (e.kind() == HeraldException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The money of those of the campaigns that ever had any, and the currency it is in. */
  public Costs costs(long workspaceId, Collection<Long> campaignIds) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          Map<Long, List<Line>> byCampaign =
              lines.ofCampaigns(handle, workspaceId, campaignIds).stream()
                  .collect(
                      Collectors.groupingBy(
                          line -> line.key().campaignId(), TreeMap::new, Collectors.toList()));
          String currency = wallets.find(handle, workspaceId).map(Wallet::currency).orElse("");
          return new Costs(
              currency,
              byCampaign.entrySet().stream()
                  .map(campaign -> CampaignCost.of(campaign.getKey(), campaign.getValue()))
                  .toList());
        });
  }

  /** The money of several campaigns. */
  public record Costs(String currency, List<CampaignCost> campaigns) {}

  private Wallet requiredWallet(Handle handle, long workspaceId) {
    return wallets
        .find(handle, workspaceId)
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "WALLET_NOT_FOUND", "The workspace " + workspaceId + " has no wallet."));
  }
}
