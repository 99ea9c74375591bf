package dev.herald.billing;

import static dev.herald.billing.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.herald.billing.v1.AdjustWalletRequest;
import dev.herald.billing.v1.ExportCampaignStatementRequest;
import dev.herald.billing.v1.ExportMonthlyStatementRequest;
import dev.herald.billing.v1.GetCampaignStatementRequest;
import dev.herald.billing.v1.GetCampaignStatementResponse;
import dev.herald.billing.v1.GetMonthlyStatementRequest;
import dev.herald.billing.v1.GetMonthlyStatementResponse;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.ListLedgerEntriesRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.StatementLine;
import dev.herald.billing.v1.TopUpWalletRequest;
import dev.herald.runtime.Ids;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements are the entries, added up; to the millionth. */
class StatementsTest {
  private static final int LOT = 20261130;
  private static BillingFixture billing;
  private static long workspace;
  private static long campaign;
  private static long other;

  /** A campaign that runs over the end of November. */
  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    billing.setTime("2026-11-30T22:00:00Z");
    workspace = billing.workspaceWith("USD", 33_333, 0);
    billing
        .wallets(workspace)
        .topUpWallet(
            TopUpWalletRequest.newBuilder()
                .setAmount(usd(50_000_000))
                .setRequestId("t1")
                .setNote("=HYPERLINK(\"x\")")
                .build());
    campaign = Ids.next();
    other = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", LOT, 100);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "BR", LOT, 50);
    billing.reserve(workspace, other, MessageCategory.UTILITY, "IN", LOT, 10);
    billing.usage(workspace, campaign, "IN", LOT, 60, 5);
    billing.usage(workspace, campaign, "BR", LOT, 20, 0);
    billing.setTime("2026-12-01T00:00:00Z");
    billing.usage(workspace, campaign, "IN", LOT, 55, 40);
    billing.usage(workspace, campaign, "BR", LOT, 45, 5);
    billing
        .operator()
        .adjustWallet(
            AdjustWalletRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setAmount(usd(-123_457))
                .setNote("Bank fee, shared")
                .setRequestId("a1")
                .build());
    billing.setTime("2026-12-02T08:00:00Z");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    billing.close();
  }

  @Test
  void aMonthIsExactlyItsEntries() {
    for (String month : List.of("2026-11", "2026-12")) {
      GetMonthlyStatementResponse statement = month(month, 0, "");
      Map<LedgerEntry.Cause, Long> sums = new HashMap<>();
      for (LedgerEntry entry : entries()) {
        boolean november = entry.getCreateTime().getSeconds() < 1_796_083_200L;
        if (november == month.equals("2026-11")) {
          long sign = entry.getCredit() == LedgerEntry.Account.FUNDING ? -1 : 1;
          sums.merge(entry.getCause(), sign * entry.getAmount().getMicros(), Long::sum);
        }
      }
      assertThat(statement.getToppedUp().getMicros())
          .isEqualTo(sums.getOrDefault(LedgerEntry.Cause.TOP_UP, 0L));
      assertThat(statement.getAdjusted().getMicros())
          .isEqualTo(sums.getOrDefault(LedgerEntry.Cause.ADJUSTMENT, 0L));
      assertThat(statement.getCharged().getMicros())
          .isEqualTo(sums.getOrDefault(LedgerEntry.Cause.CHARGE, 0L));
      assertThat(statement.getRefunded().getMicros())
          .isEqualTo(sums.getOrDefault(LedgerEntry.Cause.REFUND, 0L));
      long lines = 0;
      for (StatementLine line : statement.getLinesList()) {
        assertThat(line.getCharged().getMicros())
            .isEqualTo(line.getChargedMessages() * line.getUnitPrice().getMicros());
        lines += line.getCharged().getMicros() - line.getRefunded().getMicros();
      }
      assertThat(lines)
          .isEqualTo(statement.getCharged().getMicros() - statement.getRefunded().getMicros());
      assertThat(statement.getClosing().getMicros())
          .isEqualTo(
              statement.getOpening().getMicros()
                  + statement.getToppedUp().getMicros()
                  + statement.getAdjusted().getMicros()
                  - lines);
    }
  }

  @Test
  void aMonthOpensWithWhatTheOneBeforeClosedWith() {
    assertThat(month("2026-10", 0, "").getClosing().getMicros()).isZero();
    assertThat(month("2026-11", 0, "").getOpening().getMicros()).isZero();
    assertThat(month("2026-12", 0, "").getOpening())
        .isEqualTo(month("2026-11", 0, "").getClosing());
    assertThat(month("2027-01", 0, "").getOpening())
        .isEqualTo(month("2026-12", 0, "").getClosing());
    var wallet = billing.wallet(workspace);
    assertThat(month("2026-12", 0, "").getClosing().getMicros())
        .isEqualTo(wallet.getAvailable().getMicros() + wallet.getReserved().getMicros());
    assertThat(month("2026-11", 0, "").getFinal()).isTrue();
    assertThat(month("2026-12", 0, "").getFinal()).isFalse();
    assertThat(month("0000-01", 0, "").getClosing().getMicros()).isZero();
    assertThat(month("9999-12", 0, "").getOpening())
        .isEqualTo(month("2026-12", 0, "").getClosing());
  }

  @Test
  void aRefundStandsInTheMonthInWhichItHappened() {
    GetMonthlyStatementResponse december = month("2026-12", 0, "");
    StatementLine india =
        december.getLinesList().stream()
            .filter(line -> line.getCountry().equals("IN"))
            .findFirst()
            .orElseThrow();
    // 60 sent in November, 5 of them failed in December: 0.0118 + 3.3333 % = 0.012193.
    assertThat(india.getRefundedMessages()).isEqualTo(5);
    assertThat(india.getRefunded().getMicros()).isEqualTo(5 * 12_193);
    assertThat(december.getAdjusted().getMicros()).isEqualTo(-123_457);
  }

  @Test
  void pagesTogetherAreTheWhole() {
    List<StatementLine> lines = new ArrayList<>();
    String token = "";
    do {
      GetMonthlyStatementResponse page = month("2026-11", 1, token);
      assertThat(page.getCharged()).isEqualTo(month("2026-11", 0, "").getCharged());
      lines.addAll(page.getLinesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(lines).isEqualTo(month("2026-11", 0, "").getLinesList());
  }

  @Test
  void theFileOfAMonthAddsUpToTheClosingBalance() {
    for (String month : List.of("2026-11", "2026-12")) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal closing = null;
      for (NamedCsvRecord row : csv(exported(month))) {
        BigDecimal amount = new BigDecimal(row.getField("amount"));
        if (row.getField("kind").equals("CLOSING_BALANCE")) {
          closing = amount;
        } else {
          sum = sum.add(amount);
        }
        if (row.getField("kind").equals("CHARGE")) {
          assertThat(
                  new BigDecimal(row.getField("messages"))
                      .multiply(new BigDecimal(row.getField("unit_price"))))
              .isEqualByComparingTo(amount.negate());
        }
      }
      assertThat(closing).isNotNull();
      assertThat(sum).isEqualByComparingTo(closing);
      assertThat(closing.movePointRight(6).longValueExact())
          .isEqualTo(month(month, 0, "").getClosing().getMicros());
    }
  }

  @Test
  void aNoteIsNoFormulaInASpreadsheet() {
    assertThat(exported("2026-11")).contains("'=HYPERLINK");
  }

  @Test
  void aCampaignsStatementSaysWhyItWasChargedWhatItWas() {
    GetCampaignStatementResponse statement = campaign();
    // India 0.012193, Brazil 0.0625 + 3.3333 % = 0.064583.
    long charged = 55 * 12_193 + 45 * 64_583;
    assertThat(statement.getCost().getCharged().getMicros()).isEqualTo(charged);
    assertThat(statement.getCost().getRefunded().getMicros()).isEqualTo(5 * 12_193);
    assertThat(statement.getCost().getReserved().getMicros()).isEqualTo(5 * 12_193);
    assertThat(statement.getCost().getFailedCost().getMicros()).isZero();
    assertThat(statement.getExplanationList())
        .contains(
            "IN, marketing: 55 sent, 55 × 0.012193 USD = 0.670615 USD (USD 2026-10-01).",
            "BR, marketing: 45 sent, 45 × 0.064583 USD = 2.906235 USD (USD 2026-10-01).",
            "Failed messages: 45 × 0 = 0.00 USD.",
            "0.060965 USD was charged first and given back because the messages failed.",
            "0.060965 USD is set aside for messages whose outcome is not known yet.",
            "Charged in all: 3.57685 USD.");
    long entries =
        entries().stream()
            .filter(entry -> entry.getCampaignId() == campaign)
            .mapToLong(
                entry ->
                    switch (entry.getCause()) {
                      case CHARGE -> entry.getAmount().getMicros();
                      case REFUND -> -entry.getAmount().getMicros();
                      default -> 0;
                    })
            .sum();
    assertThat(entries).isEqualTo(charged);
  }

  @Test
  void theFileOfACampaignSaysTheSame() {
    StringBuilder file = new StringBuilder();
    billing
        .statements(workspace)
        .exportCampaignStatement(
            ExportCampaignStatementRequest.newBuilder().setCampaignId(campaign).build())
        .forEachRemaining(piece -> file.append(piece.getCsv().toStringUtf8()));
    BigDecimal charged = BigDecimal.ZERO;
    for (NamedCsvRecord row : csv(file.toString())) {
      charged = charged.add(new BigDecimal(row.getField("charged")));
      assertThat(row.getField("reserved_messages"))
          .isEqualTo(
              Integer.toString(
                  Integer.parseInt(row.getField("charged_messages"))
                      + Integer.parseInt(row.getField("released_messages"))
                      + Integer.parseInt(row.getField("unattempted_messages"))
                      + Integer.parseInt(row.getField("open_messages"))));
    }
    assertThat(charged.movePointRight(6).longValueExact())
        .isEqualTo(campaign().getCost().getCharged().getMicros());
  }

  @Test
  void aCampaignOfAnotherWorkspaceHasNoStatementHere() {
    long stranger = billing.workspaceWith(5);
    assertThat(
            refusal(
                    () ->
                        billing
                            .statements(stranger)
                            .getCampaignStatement(
                                GetCampaignStatementRequest.newBuilder()
                                    .setCampaignId(campaign)
                                    .build()))
                .reason())
        .isEqualTo("CAMPAIGN_NOT_FOUND");
    assertThat(
            refusal(
                    () ->
                        billing
                            .statements(stranger)
                            .exportCampaignStatement(
                                ExportCampaignStatementRequest.newBuilder()
                                    .setCampaignId(campaign)
                                    .build())
                            .forEachRemaining(piece -> {}))
                .reason())
        .isEqualTo("CAMPAIGN_NOT_FOUND");
  }

  private static GetCampaignStatementResponse campaign() {
    return billing
        .statements(workspace)
        .getCampaignStatement(
            GetCampaignStatementRequest.newBuilder().setCampaignId(campaign).build());
  }

  private static GetMonthlyStatementResponse month(String month, int size, String token) {
    return billing
        .statements(workspace)
        .getMonthlyStatement(
            GetMonthlyStatementRequest.newBuilder()
                .setMonth(month)
                .setPageSize(size)
                .setPageToken(token)
                .build());
  }

  private static String exported(String month) {
    StringBuilder file = new StringBuilder();
    billing
        .statements(workspace)
        .exportMonthlyStatement(ExportMonthlyStatementRequest.newBuilder().setMonth(month).build())
        .forEachRemaining(piece -> file.append(piece.getCsv().toStringUtf8()));
    return file.toString();
  }

  private static List<NamedCsvRecord> csv(String file) {
    return CsvReader.builder().ofNamedCsvRecord(file).stream().toList();
  }

  private static List<LedgerEntry> entries() {
    return billing
        .wallets(workspace)
        .listLedgerEntries(ListLedgerEntriesRequest.newBuilder().setPageSize(1000).build())
        .getEntriesList();
  }

  private static Money usd(long micros) {
    return Money.newBuilder().setCurrency("USD").setMicros(micros).build();
  }
}
