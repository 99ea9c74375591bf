package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;
import static dev.herald.billing.edge.Protos.money;
import static dev.herald.billing.edge.Protos.timestamp;

import dev.herald.billing.ledger.Cause;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.EntryFilter;
import dev.herald.billing.ledger.EntryStore;
import dev.herald.billing.money.Micros;
import dev.herald.billing.payment.Payments;
import dev.herald.billing.v1.GetWalletRequest;
import dev.herald.billing.v1.GetWalletResponse;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.ListLedgerEntriesRequest;
import dev.herald.billing.v1.ListLedgerEntriesResponse;
import dev.herald.billing.v1.ListWalletNoticesRequest;
import dev.herald.billing.v1.ListWalletNoticesResponse;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.TopUpWalletRequest;
import dev.herald.billing.v1.TopUpWalletResponse;
import dev.herald.billing.v1.UpdateWalletRequest;
import dev.herald.billing.v1.UpdateWalletResponse;
import dev.herald.billing.v1.WalletNotice;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.billing.wallet.ChargeBasis;
import dev.herald.billing.wallet.Notice;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.Wallets;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The caller's wallet and its ledger. */
public final class WalletRpc extends WalletServiceGrpc.WalletServiceImplBase {
  private static final String ENTRIES_LIST = "ledger-entries.1";
  private static final String NOTICES_LIST = "wallet-notices.1";

  private final Jdbi jdbi;
  private final Wallets wallets;
  private final Payments payments;
  private final EntryStore entries;

  public WalletRpc(Jdbi jdbi, Wallets wallets, Payments payments, EntryStore entries) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.payments = payments;
    this.entries = entries;
  }

  @Override
  public void getWallet(GetWalletRequest request, StreamObserver<GetWalletResponse> observer) {
    Wallet wallet = wallets.get(Caller.current().workspace());
    answer(observer, GetWalletResponse.newBuilder().setWallet(proto(wallet)).build());
  }

  @Override
  public void topUpWallet(
      TopUpWalletRequest request, StreamObserver<TopUpWalletResponse> observer) {
    long workspaceId = Caller.current().workspace();
    Entry entry =
        payments.topUp(
            workspaceId,
            new Payments.Request(
                request.getRequestId(),
                request.getAmount().getCurrency(),
                Micros.of(request.getAmount().getMicros()),
                request.getNote()));
    Wallet wallet = wallets.get(workspaceId);
    answer(
        observer,
        TopUpWalletResponse.newBuilder()
            .setWallet(proto(wallet))
            .setEntry(Protos.entry(entry, wallet.currency()))
            .build());
  }

  @Override
  public void updateWallet(
      UpdateWalletRequest request, StreamObserver<UpdateWalletResponse> observer) {
    boolean threshold = request.hasLowBalanceThreshold();
    Money wanted = request.getLowBalanceThreshold();
    if (threshold) {
      requireThreshold(wanted.getMicros());
    }
    Wallet wallet =
        wallets.choose(
            Caller.current().workspace(),
            threshold ? wanted.getCurrency() : null,
            threshold ? Micros.of(wanted.getMicros()) : null,
            basis(request));
    answer(observer, UpdateWalletResponse.newBuilder().setWallet(proto(wallet)).build());
  }

  @Override
  public void listLedgerEntries(
      ListLedgerEntriesRequest request, StreamObserver<ListLedgerEntriesResponse> observer) {
    long workspaceId = Caller.current().workspace();
    String currency = wallets.get(workspaceId).currency();
    int size = PageSize.of(request.getPageSize());
    long before = PageToken.number(ENTRIES_LIST, request.getPageToken(), Long.MAX_VALUE);
    EntryFilter filter = filter(request);
    List<Entry> found =
        jdbi.withHandle(handle -> entries.list(handle, workspaceId, filter, before, size + 1));
    ListLedgerEntriesResponse.Builder response = ListLedgerEntriesResponse.newBuilder();
    found.stream().limit(size).forEach(entry -> response.addEntries(Protos.entry(entry, currency)));
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(ENTRIES_LIST).number(found.get(size - 1).number()).token());
    }
    answer(observer, response.build());
  }

  @Override
  public void listWalletNotices(
      ListWalletNoticesRequest request, StreamObserver<ListWalletNoticesResponse> observer) {
    long workspaceId = Caller.current().workspace();
    String currency = wallets.get(workspaceId).currency();
    int size = PageSize.of(request.getPageSize());
    long before = PageToken.number(NOTICES_LIST, request.getPageToken(), Long.MAX_VALUE);
    List<Notice> found = wallets.notices(workspaceId, before, size + 1);
    ListWalletNoticesResponse.Builder response = ListWalletNoticesResponse.newBuilder();
    found.stream().limit(size).forEach(notice -> response.addNotices(proto(notice, currency)));
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(NOTICES_LIST).number(found.get(size - 1).id()).token());
    }
    answer(observer, response.build());
  }

  private static void requireThreshold(long micros) {
    if (micros < 0) {
      throw HeraldException.invalid(
          "low_balance_threshold.micros", "AMOUNT_NEGATIVE", "A threshold is not negative.");
    }
    if (micros > Payments.MAX_AMOUNT.value()) {
      throw HeraldException.invalid(
          "low_balance_threshold.micros", "AMOUNT_TOO_LARGE", "The threshold is too large.");
    }
  }

  private static @Nullable ChargeBasis basis(UpdateWalletRequest request) {
    return switch (request.getChargeBasis()) {
      case ON_SENT -> ChargeBasis.ON_SENT;
      case ON_DELIVERED -> ChargeBasis.ON_DELIVERED;
      case CHARGE_BASIS_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  private static EntryFilter filter(ListLedgerEntriesRequest request) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    request.getCausesList().forEach(cause -> causes.add(cause(cause)));
    OptionalLong campaignId =
        request.getCampaignId() == 0
            ? OptionalLong.empty()
            : OptionalLong.of(request.getCampaignId());
    Optional<Instant> start =
        request.hasStartTime()
            ? Optional.of(Protos.instant("start_time", request.getStartTime()))
            : Optional.empty();
    Optional<Instant> end =
        request.hasEndTime()
            ? Optional.of(Protos.instant("end_time", request.getEndTime()))
            : Optional.empty();
    return new EntryFilter(campaignId, causes, start, end);
  }

  private static Cause cause(LedgerEntry.Cause cause) {
    return switch (cause) {
      case TOP_UP -> Cause.TOP_UP;
      case RESERVATION -> Cause.RESERVATION;
      case CHARGE -> Cause.CHARGE;
      case RELEASE -> Cause.RELEASE;
      case REFUND -> Cause.REFUND;
      case ADJUSTMENT -> Cause.ADJUSTMENT;
      case CAUSE_UNSPECIFIED, UNRECOGNIZED ->
          throw HeraldException.invalid(
              "causes", "CAUSE_UNKNOWN", "The cause is not one of the contract's.");
    };
  }

  static dev.herald.billing.v1.Wallet proto(Wallet wallet) {
    String currency = wallet.currency();
    dev.herald.billing.v1.Wallet.Builder proto =
        dev.herald.billing.v1.Wallet.newBuilder()
            .setAvailable(money(wallet.available(), currency))
            .setReserved(money(wallet.reserved(), currency))
            .setCharged(money(wallet.revenue(), currency))
            .setToppedUp(money(wallet.toppedUp(), currency))
            .setAdjusted(money(wallet.adjusted(), currency))
            .setLowBalance(wallet.lowBalance())
            .setChargeBasis(Protos.basis(wallet.chargeBasis()))
            .setMarkupPpm(wallet.markup().ppm())
            .setCreateTime(timestamp(wallet.createdAt()))
            .setUpdateTime(timestamp(wallet.updatedAt()));
    wallet
        .lowBalanceThreshold()
        .ifPresent(threshold -> proto.setLowBalanceThreshold(money(threshold, currency)));
    return proto.build();
  }

  static WalletNotice proto(Notice notice, String currency) {
    WalletNotice.Builder proto =
        WalletNotice.newBuilder()
            .setId(notice.id())
            .setKind(
                switch (notice.kind()) {
                  case LOW_BALANCE -> WalletNotice.Kind.LOW_BALANCE;
                  case BALANCE_RESTORED -> WalletNotice.Kind.BALANCE_RESTORED;
                  case OVERDRAWN -> WalletNotice.Kind.OVERDRAWN;
                })
            .setCreateTime(timestamp(notice.createdAt()))
            .setAvailable(money(notice.available(), currency));
    notice
        .lowBalanceThreshold()
        .ifPresent(threshold -> proto.setLowBalanceThreshold(money(threshold, currency)));
    return proto.build();
  }
}
