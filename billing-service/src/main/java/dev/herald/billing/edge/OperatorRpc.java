package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;
import static dev.herald.billing.edge.Protos.money;

import dev.herald.billing.audit.AuditReport;
import dev.herald.billing.audit.LedgerAudit;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.money.Micros;
import dev.herald.billing.payment.Payments;
import dev.herald.billing.ratecard.Markup;
import dev.herald.billing.v1.AdjustWalletRequest;
import dev.herald.billing.v1.AdjustWalletResponse;
import dev.herald.billing.v1.AuditWalletRequest;
import dev.herald.billing.v1.AuditWalletResponse;
import dev.herald.billing.v1.ListWalletsRequest;
import dev.herald.billing.v1.ListWalletsResponse;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.billing.v1.SetMarkupRequest;
import dev.herald.billing.v1.SetMarkupResponse;
import dev.herald.billing.v1.WorkspaceWallet;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.Wallets;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** All wallets of the installation, for its operator. */
public final class OperatorRpc extends OperatorServiceGrpc.OperatorServiceImplBase {
  private static final String WALLETS_LIST = "wallets.1";

  private final Wallets wallets;
  private final Payments payments;
  private final LedgerAudit audit;

  public OperatorRpc(Wallets wallets, Payments payments, LedgerAudit audit) {
    this.wallets = wallets;
    this.payments = payments;
    this.audit = audit;
  }

  @Override
  public void listWallets(
      ListWalletsRequest request, StreamObserver<ListWalletsResponse> observer) {
    int size = PageSize.of(request.getPageSize());
    List<Wallet> found =
        wallets.list(PageToken.number(WALLETS_LIST, request.getPageToken(), 0), size + 1);
    ListWalletsResponse.Builder response = ListWalletsResponse.newBuilder();
    found.stream()
        .limit(size)
        .forEach(
            wallet ->
                response.addWallets(
                    WorkspaceWallet.newBuilder()
                        .setWorkspaceId(wallet.workspaceId())
                        .setWallet(WalletRpc.proto(wallet))));
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(WALLETS_LIST).number(found.get(size - 1).workspaceId()).token());
    }
    answer(observer, response.build());
  }

  @Override
  public void auditWallet(
      AuditWalletRequest request, StreamObserver<AuditWalletResponse> observer) {
    AuditReport report = audit.audit(request.getWorkspaceId());
    answer(
        observer,
        AuditWalletResponse.newBuilder()
            .setExact(report.exact())
            .setEntriesChecked(report.entriesChecked())
            .addAllDifferences(report.differences())
            .setDebits(money(report.debits(), report.currency()))
            .setCredits(money(report.credits(), report.currency()))
            .build());
  }

  @Override
  public void adjustWallet(
      AdjustWalletRequest request, StreamObserver<AdjustWalletResponse> observer) {
    Entry entry =
        payments.adjust(
            request.getWorkspaceId(),
            new Payments.Request(
                request.getRequestId(),
                request.getAmount().getCurrency(),
                Micros.of(request.getAmount().getMicros()),
                request.getNote()));
    Wallet wallet = wallets.get(request.getWorkspaceId());
    answer(
        observer,
        AdjustWalletResponse.newBuilder()
            .setWallet(WalletRpc.proto(wallet))
            .setEntry(Protos.entry(entry, wallet.currency()))
            .build());
  }

  @Override
  public void setMarkup(SetMarkupRequest request, StreamObserver<SetMarkupResponse> observer) {
    Wallet wallet =
        wallets.chooseMarkup(request.getWorkspaceId(), new Markup(request.getMarkupPpm()));
    answer(observer, SetMarkupResponse.newBuilder().setWallet(WalletRpc.proto(wallet)).build());
  }
}
