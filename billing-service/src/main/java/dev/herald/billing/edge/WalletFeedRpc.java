package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;

import dev.herald.billing.v1.AcknowledgeWalletNoticesRequest;
import dev.herald.billing.v1.AcknowledgeWalletNoticesResponse;
import dev.herald.billing.v1.ListUntoldWalletNoticesRequest;
import dev.herald.billing.v1.ListUntoldWalletNoticesResponse;
import dev.herald.billing.v1.UntoldWalletNotice;
import dev.herald.billing.v1.WalletFeedServiceGrpc;
import dev.herald.billing.v1.WalletNoticeName;
import dev.herald.billing.wallet.Notice;
import dev.herald.billing.wallet.NoticeStore;
import dev.herald.billing.wallet.Wallets;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Offers the notices of all wallets to the gateway. */
public final class WalletFeedRpc extends WalletFeedServiceGrpc.WalletFeedServiceImplBase {
  private static final int DEFAULT_PAGE = 100;

  private final Jdbi jdbi;
  private final Wallets wallets;
  private final NoticeStore notices;

  public WalletFeedRpc(Jdbi jdbi, Wallets wallets, NoticeStore notices) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.notices = notices;
  }

  @Override
  public void listUntoldWalletNotices(
      ListUntoldWalletNoticesRequest request,
      StreamObserver<ListUntoldWalletNoticesResponse> observer) {
    int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
    List<Notice> untold = jdbi.withHandle(handle -> notices.untold(handle, size));
    answer(
        observer,
        ListUntoldWalletNoticesResponse.newBuilder()
            .addAllNotices(untold.stream().map(this::proto).toList())
            .build());
  }

  @Override
  public void acknowledgeWalletNotices(
      AcknowledgeWalletNoticesRequest request,
      StreamObserver<AcknowledgeWalletNoticesResponse> observer) {
    jdbi.useTransaction(
        tx -> {
          for (WalletNoticeName name : request.getNoticesList()) {
            notices.told(tx, name.getWorkspaceId(), name.getId());
          }
        });
    answer(observer, AcknowledgeWalletNoticesResponse.getDefaultInstance());
  }

  private UntoldWalletNotice proto(Notice notice) {
    String currency = wallets.get(notice.workspaceId()).currency();
    return UntoldWalletNotice.newBuilder()
        .setWorkspaceId(notice.workspaceId())
        .setNotice(WalletRpc.proto(notice, currency))
        .build();
  }
}
