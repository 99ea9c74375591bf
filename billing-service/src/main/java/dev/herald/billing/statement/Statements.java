package dev.herald.billing.statement;

import dev.herald.billing.ledger.Cause;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.EntryFilter;
import dev.herald.billing.ledger.EntryStore;
import dev.herald.billing.money.Micros;
import dev.herald.billing.reservation.CampaignStore;
import dev.herald.billing.reservation.Line;
import dev.herald.billing.reservation.LineStore;
import dev.herald.billing.wallet.ChargeBasis;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.runtime.HeraldException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Says what was charged and why. Every statement is read from one snapshot. */
public final class Statements {
  /** Most lines on a page of a month. */
  public static final int MAX_LINES = 10_000;

  private static final int MAX_PAYMENTS = 10_000;
  private static final Set<Cause> PAYMENTS = Set.of(Cause.TOP_UP, Cause.ADJUSTMENT);

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

  /** The whole month in pages, all of one snapshot. */
  public void forEachPage(long workspaceId, YearMonth month, Consumer<MonthlyStatement> pages) {
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          StatementLine.Key after = StatementLine.Key.FIRST;
          boolean complete = false;
          while (!complete) {
            MonthlyStatement page = page(handle, workspaceId, month, after, MAX_LINES);
            pages.accept(page);
            complete = page.complete();
            after = complete ? after : page.lines().getLast().key();
          }
        });
  }

  private MonthlyStatement page(
      Handle handle, long workspaceId, YearMonth month, StatementLine.Key after, int limit) {
    Wallet wallet = requiredWallet(handle, workspaceId);
    Instant begin = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    Instant end = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    StatementStore.Range range =
        new StatementStore.Range(
            workspaceId,
            entries.firstAtOrAfter(handle, workspaceId, begin),
            entries.firstAtOrAfter(handle, workspaceId, end));
    Micros opening = store.opening(handle, range);
    StatementStore.Sums sums = store.sums(handle, range);
    List<StatementLine> found = store.lines(handle, range, after, limit + 1);
    boolean complete = found.size() <= limit;
    boolean first = after.equals(StatementLine.Key.FIRST);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new MonthlyStatement(
        month,
        wallet.currency(),
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
        first ? payments(handle, workspaceId, begin, end) : List.of(),
        complete ? found : found.subList(0, limit),
        complete,
        !now.isBefore(end),
        now);
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

  private List<Entry> payments(Handle handle, long workspaceId, Instant begin, Instant end) {
    EntryFilter filter =
        new EntryFilter(OptionalLong.empty(), PAYMENTS, Optional.of(begin), Optional.of(end));
    return entries.list(handle, workspaceId, filter, Long.MAX_VALUE, MAX_PAYMENTS).reversed();
  }

  private Wallet requiredWallet(Handle handle, long workspaceId) {
    return wallets
        .find(handle, workspaceId)
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "WALLET_NOT_FOUND", "The workspace " + workspaceId + " has no wallet."));
  }
}
