package dev.herald.billing;

import static dev.herald.billing.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.billing.v1.AdjustWalletRequest;
import dev.herald.billing.v1.ListLedgerEntriesRequest;
import dev.herald.billing.v1.ListWalletNoticesRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.TopUpWalletRequest;
import dev.herald.billing.v1.TopUpWalletResponse;
import dev.herald.billing.v1.UpdateWalletRequest;
import dev.herald.billing.v1.WalletNotice;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may put money where, how often, and what the owner hears of it. */
class WalletTest {
  private static final int CALLERS = 64;
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    billing.close();
  }

  @Test
  void onlyAnOwnerTopsUp() {
    long workspace = billing.workspaceWith(0);
    for (Role role : List.of(Role.VIEWER, Role.OPERATOR)) {
      assertThat(refusal(() -> billing.wallets(workspace, role).topUpWallet(topUp("r", 5))).kind())
          .isEqualTo(HeraldException.Kind.PERMISSION);
    }
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isZero();
  }

  @Test
  void aRepeatedTopUpAddsNothingAndAnotherBodyIsRefused() {
    long workspace = billing.workspaceWith(0);
    TopUpWalletResponse first = billing.wallets(workspace).topUpWallet(topUp("invoice-1", 5));
    TopUpWalletResponse again = billing.wallets(workspace).topUpWallet(topUp("invoice-1", 5));
    assertThat(again.getEntry()).isEqualTo(first.getEntry());

    assertThat(reason(workspace, topUp("invoice-1", 6))).isEqualTo("REQUEST_ID_REUSED");
    assertThat(reason(workspace, topUp("invoice-1", 5).toBuilder().setNote("other").build()))
        .isEqualTo("REQUEST_ID_REUSED");
    assertThat(
            refusal(() -> billing.operator().adjustWallet(adjust(workspace, "invoice-1", 5)))
                .reason())
        .isEqualTo("REQUEST_ID_REUSED");
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(5);
  }

  @Test
  void theSameTopUpFromManyCallersAtOnceAddsOnce() throws Exception {
    long workspace = billing.workspaceWith(0);
    assertThat(
            atOnce(
                () -> {
                  Relay.untilAnswered(
                      () -> billing.wallets(workspace).topUpWallet(topUp("once", 7)));
                  return true;
                }))
        .containsOnly(true);
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(7);
  }

  @Test
  void sixtyFourReservationsAtOnceTakeExactlyWhatTheWalletHas() throws Exception {
    // Money for 40 campaigns of 7 messages at 0.0118.
    long workspace = billing.workspaceWith(40 * 7 * 11_800 + 11_799);
    List<Boolean> reserved =
        atOnce(
            () -> {
              long campaign = Ids.next();
              try {
                Relay.untilAnswered(
                    () -> billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 7));
                return true;
              } catch (StatusRuntimeException e) {
                assertThat(
                        refusal(
                                () -> {
                                  throw e;
                                })
                            .reason())
                    .isEqualTo("INSUFFICIENT_FUNDS");
                return false;
              }
            });
    assertThat(reserved).hasSize(CALLERS);
    assertThat(reserved.stream().filter(yes -> yes)).hasSize(40);
    assertThat(billing.wallet(workspace).getReserved().getMicros()).isEqualTo(40 * 7 * 11_800);
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(11_799);
  }

  @Test
  void aRefusalSaysWhatIsMissingAndNothingHappens() {
    long workspace = billing.workspaceWith(1_000_000);
    HeraldException refusal =
        refusal(() -> billing.reserve(workspace, Ids.next(), MessageCategory.MARKETING, "IN", 100));
    assertThat(refusal.reason()).isEqualTo("INSUFFICIENT_FUNDS");
    assertThat(refusal.metadata())
        .containsEntry("required_micros", "1180000")
        .containsEntry("available_micros", "1000000")
        .containsEntry("missing_micros", "180000")
        .containsEntry("currency", "USD");
    assertThat(refusal.message())
        .isEqualTo(
            "The wallet has 1.00 USD available; this needs 1.18 USD. Top up at least 0.18 USD.");
    assertThat(billing.wallet(workspace).getReserved().getMicros()).isZero();
  }

  @Test
  void amountsThatAreNoneAreRefusedByField() {
    long workspace = billing.workspaceWith(0);
    assertThat(reason(workspace, topUp("a", 0))).isEqualTo("AMOUNT_NOT_POSITIVE");
    assertThat(reason(workspace, topUp("a", -1))).isEqualTo("AMOUNT_NOT_POSITIVE");
    assertThat(reason(workspace, topUp("a", Long.MIN_VALUE))).isEqualTo("AMOUNT_NOT_POSITIVE");
    assertThat(reason(workspace, topUp("a", Long.MAX_VALUE))).isEqualTo("AMOUNT_TOO_LARGE");
    assertThat(reason(workspace, topUp("a", 1_000_000_000_000_001L))).isEqualTo("AMOUNT_TOO_LARGE");
    assertThat(reason(workspace, in("EUR", topUp("a", 5)))).isEqualTo("CURRENCY_MISMATCH");
    assertThat(reason(workspace, in("usd", topUp("a", 5)))).isEqualTo("REQUEST_INVALID");
    assertThat(reason(workspace, in("", topUp("a", 5)))).isEqualTo("REQUEST_INVALID");
    assertThat(reason(workspace, topUp("", 5))).isEqualTo("REQUEST_INVALID");
    assertThat(reason(workspace, topUp("a b", 5))).isEqualTo("REQUEST_INVALID");
    assertThat(reason(workspace, TopUpWalletRequest.newBuilder().setRequestId("a").build()))
        .isEqualTo("REQUEST_INVALID");
    assertThat(reason(workspace, topUp("a", 5).toBuilder().setNote("\u0000").build()))
        .isEqualTo("TEXT_NOT_STORABLE");
    HeraldException noAmount = refusal(() -> billing.wallets(workspace).topUpWallet(topUp("a", 0)));
    assertThat(noAmount.violations().getFirst().field()).isEqualTo("amount.micros");
    assertThat(billing.wallet(workspace).getToppedUp().getMicros()).isZero();
  }

  @Test
  void sumsThatFitNoWalletAreRefusedAndChangeNothing() {
    long workspace = billing.workspaceWith(1_000_000_000_000_000L);
    ReserveRequest.Builder everything =
        ReserveRequest.newBuilder()
            .setWorkspaceId(workspace)
            .setCampaignId(Ids.next())
            .setCategory(MessageCategory.MARKETING);
    for (int i = 0; i < 676; i++) {
      everything
          .addLinesBuilder()
          .setCountry("" + (char) ('A' + i / 26) + (char) ('A' + i % 26))
          .setLot(BillingFixture.LOT)
          .setMessagesTotal(Integer.MAX_VALUE);
    }
    assertThat(refusal(() -> billing.reservations().reserve(everything.build())).reason())
        .isIn("INSUFFICIENT_FUNDS", "AMOUNT_TOO_LARGE");
    assertThat(billing.wallet(workspace).getReserved().getMicros()).isZero();
  }

  @Test
  void anAdjustmentGoesEitherWayAndNeedsAReason() {
    long workspace = billing.workspaceWith(10);
    billing.operator().adjustWallet(adjust(workspace, "a1", -4));
    billing.operator().adjustWallet(adjust(workspace, "a2", 1));
    billing.operator().adjustWallet(adjust(workspace, "a1", -4));
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(7);
    assertThat(billing.wallet(workspace).getAdjusted().getMicros()).isEqualTo(-3);
    assertThat(refusal(() -> billing.operator().adjustWallet(adjust(workspace, "a3", 0))).reason())
        .isEqualTo("AMOUNT_ZERO");
    assertThat(
            refusal(
                    () ->
                        billing
                            .operator()
                            .adjustWallet(
                                adjust(workspace, "a3", 1).toBuilder().setNote("  ").build()))
                .reason())
        .isEqualTo("NOTE_MISSING");
    assertThat(
            refusal(
                    () ->
                        billing
                            .operator()
                            .withCallCredentials(billing.tokens.owner(workspace))
                            .adjustWallet(adjust(workspace, "a3", 1)))
                .kind())
        .isEqualTo(HeraldException.Kind.PERMISSION);
  }

  @Test
  void theOwnerHearsOnceWhenTheBalanceFallsAndWhenItIsRestored() {
    long workspace = billing.workspaceWith(1_000_000);
    billing
        .wallets(workspace)
        .updateWallet(
            UpdateWalletRequest.newBuilder().setLowBalanceThreshold(money("USD", 500_000)).build());
    assertThat(notices(workspace)).isEmpty();
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 50);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 51);
    assertThat(notices(workspace)).containsExactly(WalletNotice.Kind.LOW_BALANCE);
    assertThat(billing.wallet(workspace).getLowBalance()).isTrue();
    billing.topUp(workspace, "USD", 1_000_000);
    assertThat(notices(workspace))
        .containsExactly(WalletNotice.Kind.BALANCE_RESTORED, WalletNotice.Kind.LOW_BALANCE);
  }

  @Test
  void proofThatArrivesAfterTheReleaseIsChargedAndMayOverdraw() {
    long workspace = billing.workspaceWith(118_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 10);
    billing.usage(workspace, campaign, "IN", 0, 10);
    long other = Ids.next();
    billing.reserve(workspace, other, MessageCategory.MARKETING, "IN", 10);
    billing.usage(workspace, campaign, "IN", 2, 8);

    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(-2 * 11_800);
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(2 * 11_800);
    assertThat(notices(workspace)).containsExactly(WalletNotice.Kind.OVERDRAWN);
    // No launch takes from a wallet that is below zero, not even for nothing left.
    assertThat(
            refusal(
                    () ->
                        billing.reserve(workspace, Ids.next(), MessageCategory.MARKETING, "IN", 1))
                .reason())
        .isEqualTo("INSUFFICIENT_FUNDS");
    billing.usage(workspace, other, "IN", 0, 10);
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(8 * 11_800);
  }

  @Test
  void timesOutsideTheCalendarAreRefused() {
    long workspace = billing.workspaceWith(5);
    ListLedgerEntriesRequest.Builder request = ListLedgerEntriesRequest.newBuilder();
    request.getStartTimeBuilder().setSeconds(Long.MAX_VALUE);
    assertThat(
            refusal(() -> billing.wallets(workspace).listLedgerEntries(request.build())).reason())
        .isEqualTo("NOT_A_TIME");
    request.getStartTimeBuilder().setSeconds(-62_135_596_800L);
    request.getEndTimeBuilder().setSeconds(253_402_300_799L);
    assertThat(billing.wallets(workspace).listLedgerEntries(request.build()).getEntriesCount())
        .isEqualTo(1);
  }

  @Test
  void aWorkspaceSeesItsOwnWalletOnly() {
    long mine = billing.workspaceWith(5);
    long campaign = Ids.next();
    billing.reserve(billing.workspaceWith(1_000_000), campaign, MessageCategory.UTILITY, "IN", 1);
    assertThat(
            billing
                .wallets(mine)
                .listLedgerEntries(
                    ListLedgerEntriesRequest.newBuilder().setCampaignId(campaign).build())
                .getEntriesList())
        .isEmpty();
    assertThat(refusal(() -> billing.wallet(Ids.next())).reason()).isEqualTo("WALLET_NOT_FOUND");
  }

  private interface Call {
    boolean made() throws Exception;
  }

  private static List<Boolean> atOnce(Call call) throws Exception {
    List<Boolean> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Boolean>> futures = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        futures.add(callers.submit(call::made));
      }
      for (Future<Boolean> future : futures) {
        answers.add(future.get());
      }
    }
    return answers;
  }

  private static String reason(long workspace, TopUpWalletRequest request) {
    return refusal(() -> billing.wallets(workspace).topUpWallet(request)).reason();
  }

  private static List<WalletNotice.Kind> notices(long workspace) {
    return billing
        .wallets(workspace)
        .listWalletNotices(ListWalletNoticesRequest.getDefaultInstance())
        .getNoticesList()
        .stream()
        .map(WalletNotice::getKind)
        .toList();
  }

  private static TopUpWalletRequest topUp(String requestId, long micros) {
    return TopUpWalletRequest.newBuilder()
        .setAmount(money("USD", micros))
        .setRequestId(requestId)
        .build();
  }

  private static TopUpWalletRequest in(String currency, TopUpWalletRequest request) {
    TopUpWalletRequest.Builder changed = request.toBuilder();
    changed.getAmountBuilder().setCurrency(currency);
    return changed.build();
  }

  private static AdjustWalletRequest adjust(long workspace, String requestId, long micros) {
    return AdjustWalletRequest.newBuilder()
        .setWorkspaceId(workspace)
        .setAmount(money("USD", micros))
        .setNote("Corrected by hand")
        .setRequestId(requestId)
        .build();
  }

  private static Money money(String currency, long micros) {
    return Money.newBuilder().setCurrency(currency).setMicros(micros).build();
  }
}
