package dev.herald.billing;

import static dev.herald.billing.BillingFixture.LOT;
import static dev.herald.billing.BillingFixture.usageTotal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.AuditLedgerResponse;
import dev.herald.billing.v1.BatchGetCampaignCostsRequest;
import dev.herald.billing.v1.CampaignCost;
import dev.herald.billing.v1.ChargeBasis;
import dev.herald.billing.v1.CountryCount;
import dev.herald.billing.v1.EstimateCostRequest;
import dev.herald.billing.v1.GetCampaignStatementRequest;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.ListLedgerEntriesRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.billing.v1.UpdateWalletRequest;
import dev.herald.billing.v1.Wallet;
import dev.herald.runtime.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The way of a campaign's money from the first top-up to the statement. */
class BillingServiceTest {
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
  void aCampaignIsChargedForWhatWasSentAndForNothingElse() {
    long workspace = billing.workspaceWith(100_000_000);
    long campaign = Ids.next();

    // 1,000 marketing messages to India at 0.0118 USD.
    ReserveResponse reserved =
        billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 1000);
    assertThat(reserved.getReserved().getMicros()).isEqualTo(11_800_000);
    assertThat(reserved.getAvailable().getMicros()).isEqualTo(88_200_000);
    assertThat(reserved.getLines(0).getUnitPrice().getMicros()).isEqualTo(11_800);

    billing.usage(workspace, campaign, "IN", 600, 50);
    billing.usage(workspace, campaign, "IN", 590, 110); // 10 of the sent failed afterwards
    billing.unattempted(workspace, campaign, "IN", 200);

    Wallet wallet = billing.wallet(workspace);
    assertThat(wallet.getCharged().getMicros()).isEqualTo(590 * 11_800);
    assertThat(wallet.getReserved().getMicros()).isEqualTo(100 * 11_800);
    assertThat(wallet.getAvailable().getMicros()).isEqualTo(100_000_000 - 690 * 11_800);

    CampaignCost cost =
        billing
            .reservations()
            .batchGetCampaignCosts(
                BatchGetCampaignCostsRequest.newBuilder()
                    .setWorkspaceId(workspace)
                    .addCampaignIds(campaign)
                    .build())
            .getCosts(0);
    assertThat(cost.getRefunded().getMicros()).isEqualTo(10 * 11_800);
    assertThat(cost.getReservedInAll().getMicros()).isEqualTo(11_800_000);
    assertThat(cost.getReleased().getMicros()).isEqualTo(300 * 11_800);
    assertThat(cost.getFailedCost().getMicros()).isZero();

    var statement =
        billing
            .statements(workspace)
            .getCampaignStatement(
                GetCampaignStatementRequest.newBuilder().setCampaignId(campaign).build());
    assertThat(statement.getLines(0).getOpenMessages()).isEqualTo(100);
    assertThat(statement.getExplanationList())
        .contains("IN, marketing: 590 sent, 590 × 0.0118 USD = 6.962 USD (USD 2026-10-01).");

    AuditLedgerResponse audit =
        billing.statements(workspace).auditLedger(AuditLedgerRequest.getDefaultInstance());
    assertThat(audit.getDifferencesList()).isEmpty();
    assertThat(audit.getExact()).isTrue();
    assertThat(audit.getDebits()).isEqualTo(audit.getCredits());
    assertThat(audit.getEntriesChecked()).isEqualTo(7);
  }

  @Test
  void anEstimateSaysWhatIsMissing() {
    long workspace = billing.workspaceWith(1_000_000);
    var estimate =
        billing
            .rateCards(workspace)
            .estimateCost(
                EstimateCostRequest.newBuilder()
                    .setCategory(MessageCategory.MARKETING)
                    .addCountries(CountryCount.newBuilder().setCountry("IN").setMessages(100))
                    .addCountries(CountryCount.newBuilder().setCountry("DE").setMessages(10))
                    .build())
            .getEstimate();
    assertThat(estimate.getTotal().getMicros()).isEqualTo(1_180_000 + 1_365_000);
    assertThat(estimate.getMissing().getMicros()).isEqualTo(1_545_000);
    assertThat(estimate.getCountries(0).getCountry()).isEqualTo("DE");
    assertThat(estimate.getAssumptionsList()).isNotEmpty();
  }

  @Test
  void entriesTellWhatHappenedNewestFirst() {
    long workspace = billing.workspaceWith(10_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.UTILITY, "US", 10);
    billing.usage(workspace, campaign, "US", 4, 6);

    var entries =
        billing
            .wallets(workspace)
            .listLedgerEntries(ListLedgerEntriesRequest.getDefaultInstance())
            .getEntriesList();
    assertThat(entries)
        .extracting(LedgerEntry::getCause)
        .containsExactly(
            LedgerEntry.Cause.CHARGE,
            LedgerEntry.Cause.RELEASE,
            LedgerEntry.Cause.RESERVATION,
            LedgerEntry.Cause.TOP_UP);
    LedgerEntry charge = entries.getFirst();
    assertThat(charge.getMessages()).isEqualTo(4);
    assertThat(charge.getUnitPrice().getMicros()).isEqualTo(3_400);
    assertThat(charge.getAmount().getMicros()).isEqualTo(13_600);
    assertThat(charge.getCountry()).isEqualTo("US");
    assertThat(charge.getLot()).isEqualTo(LOT);
    assertThat(charge.getAvailableAfter().getMicros()).isEqualTo(10_000_000 - 13_600);
  }

  @Test
  void theChargeBasisIsFixedWithACampaignsFirstReservation() {
    long workspace = billing.workspaceWith(10_000_000);
    long before = Ids.next();
    billing.reserve(workspace, before, MessageCategory.MARKETING, "IN", 10);
    billing
        .wallets(workspace)
        .updateWallet(
            UpdateWalletRequest.newBuilder().setChargeBasis(ChargeBasis.ON_DELIVERED).build());
    ReserveResponse grown = billing.reserve(workspace, before, MessageCategory.MARKETING, "IN", 20);
    assertThat(grown.getChargeBasis()).isEqualTo(ChargeBasis.ON_SENT);

    long after = Ids.next();
    assertThat(
            billing.reserve(workspace, after, MessageCategory.MARKETING, "IN", 10).getChargeBasis())
        .isEqualTo(ChargeBasis.ON_DELIVERED);
    // Analytics counts by this basis: 6 delivered, 3 that never were, one still on its way.
    billing.usage(workspace, after, "IN", 6, 3);
    var statement =
        billing
            .statements(workspace)
            .getCampaignStatement(
                GetCampaignStatementRequest.newBuilder().setCampaignId(after).build());
    assertThat(statement.getChargeBasis()).isEqualTo(ChargeBasis.ON_DELIVERED);
    assertThat(statement.getCost().getCharged().getMicros()).isEqualTo(6 * 11_800);
    assertThat(statement.getExplanation(0)).contains("6 delivered");
  }

  @Test
  void aQuestionThatReservesNothingFixesNothing() {
    long workspace = billing.workspaceWith(10_000_000);
    long campaign = Ids.next();
    ReserveResponse answer =
        billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 0);
    assertThat(answer.getLines(0).getMessagesTotal()).isZero();
    billing.setMarkup(workspace, 1_000_000);
    answer = billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 1);
    assertThat(answer.getLines(0).getUnitPrice().getMicros()).isEqualTo(23_600);
  }

  @Test
  void aBadStateIsReportedAndItsNeighboursAreSettled() {
    long workspace = billing.workspaceWith(10_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 10);
    var answer =
        billing
            .reservations()
            .recordUsage(
                RecordUsageRequest.newBuilder()
                    .addTotals(usageTotal(workspace, campaign, "IN", LOT, 1, -1, 0))
                    .addTotals(usageTotal(workspace, campaign, "in", LOT, 1, 1, 0))
                    .addTotals(usageTotal(workspace, campaign, "IN", LOT, 0, 1, 0))
                    .addTotals(usageTotal(workspace, campaign, "BR", LOT, 1, 1, 0))
                    .addTotals(usageTotal(Ids.next(), campaign, "IN", LOT, 1, 1, 0))
                    .addTotals(usageTotal(workspace, campaign, "IN", 0, 1, 1, 0))
                    .addTotals(usageTotal(workspace, campaign, "IN", LOT, 5, 4, 1))
                    .addTotals(usageTotal(workspace, campaign, "IN", LOT, 5, 4, 2))
                    .addTotals(usageTotal(workspace, campaign, "IN", LOT, 4, 9, 0))
                    .build());
    assertThat(answer.getRejectionsList())
        .extracting(rejection -> rejection.getIndex() + " " + rejection.getReason())
        .containsExactly(
            "0 NEGATIVE_TOTAL",
            "1 INVALID_KEY",
            "2 INVALID_VERSION",
            "3 UNKNOWN_LINE",
            "4 UNKNOWN_LINE",
            "7 VERSION_REUSED");
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(4 * 11_800);
    assertThat(billing.wallet(workspace).getReserved().getMicros()).isEqualTo(5 * 11_800);
  }
}
