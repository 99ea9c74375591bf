package dev.herald.billing;

import static dev.herald.billing.BillingFixture.LOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.runtime.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service's own role cannot do, even past all code of the service. */
class LedgerIsImmutableTest {
  private static BillingFixture billing;
  private long workspace;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    billing.close();
  }

  @BeforeEach
  void aWalletWithEntries() {
    workspace = billing.workspaceWith(1_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 10);
    billing.usage(workspace, campaign, "IN", 4, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update ledger_entry set amount = 1 where workspace_id = :workspace",
        "update ledger_entry set note = 'another' where workspace_id = :workspace and number = 1",
        "update ledger_entry set number = number + 1000 where workspace_id = :workspace",
        "delete from ledger_entry where workspace_id = :workspace",
        "delete from ledger_entry",
        "truncate ledger_entry",
        "truncate ledger_entry, wallet cascade",
        """
        merge into ledger_entry using wallet on ledger_entry.workspace_id = wallet.workspace_id
         when matched then delete
        """,
        """
        insert into ledger_entry select * from ledger_entry where workspace_id = :workspace
            on conflict (workspace_id, number) do update set amount = 1
        """
      })
  void entriesAreNeitherChangedNorRemoved(String sql) {
    assertRefused(sql, "ledger_entry|append-only");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update wallet set available = available + 1, topped_up = topped_up + 1"
            + " where workspace_id = :workspace",
        "update wallet set available = available + 1, reserved = reserved - 1"
            + " where workspace_id = :workspace",
        "update wallet set revenue = 0, available = available + revenue"
            + " where workspace_id = :workspace",
        "update wallet set entries = 0 where workspace_id = :workspace",
        "update wallet set currency = 'EUR' where workspace_id = :workspace",
        "insert into wallet (workspace_id, currency, markup_ppm, charge_basis, available,"
            + " topped_up, created_at, updated_at) values (1, 'USD', 0, 'ON_SENT', 5, 5, now(),"
            + " now())",
        "delete from wallet where workspace_id = :workspace",
        "truncate wallet cascade"
      })
  void balancesMoveOnlyByEntries(String sql) {
    assertRefused(sql, "balance|begins empty|keeps its|append-only|denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A gap in the numbers.
        "entries + 2, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', 5, available + 5, reserved",
        // A number that exists.
        "entries, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', 5, available + 5, reserved",
        // Time going back.
        "entries + 1, updated_at - interval '1 s', 'TOP_UP', 'FUNDING', 'AVAILABLE', 5,"
            + " available + 5, reserved",
        // Balances that do not follow.
        "entries + 1, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', 5, available + 6, reserved",
        "entries + 1, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', 5, available + 5, reserved + 5",
        // Nothing, and less than nothing.
        "entries + 1, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', 0, available, reserved",
        "entries + 1, updated_at, 'TOP_UP', 'FUNDING', 'AVAILABLE', -5, available - 5, reserved",
        // Accounts that do not fit the cause.
        "entries + 1, updated_at, 'TOP_UP', 'FUNDING', 'RESERVED', 5, available, reserved + 5",
        "entries + 1, updated_at, 'TOP_UP', 'AVAILABLE', 'AVAILABLE', 5, available, reserved",
        // A charge that names no messages.
        "entries + 1, updated_at, 'CHARGE', 'AVAILABLE', 'REVENUE', 5, available - 5, reserved"
      })
  void anEntryThatDoesNotContinueTheBooksIsRefused(String values) {
    assertRefused(
        """
        insert into ledger_entry
          (number, created_at, cause, debit, credit, amount, available_after, reserved_after,
           workspace_id, origin, request_id, note)
        select %s, workspace_id, 'REQUEST', 'forged', ''
          from wallet where workspace_id = :workspace
        """
            .formatted(typed(values)),
        "does not continue|do not follow|violates|duplicate");
  }

  @Test
  void noReservationTakesMoreThanIsAvailable() {
    assertRefused(
        """
        insert into ledger_entry
          (workspace_id, number, created_at, cause, debit, credit, amount, campaign_id, country, lot,
           category, messages, unit_price, origin, version, available_after, reserved_after)
        select workspace_id, entries + 1, updated_at, 'RESERVATION', 'AVAILABLE', 'RESERVED',
               available + 1, 1, 'IN', %d, 'MARKETING', 1, available + 1, 'RESERVE', 1, -1,
               reserved + available + 1
          from wallet where workspace_id = :workspace
        """
            .formatted(LOT),
        "never_overdrawn_by_a_reservation");
  }

  private void assertRefused(String sql, String pattern) {
    var before = billing.wallet(workspace);
    assertThatThrownBy(
            () -> {
              try (Connection connection = billing.connection();
                  Statement statement = connection.createStatement()) {
                statement.execute(sql.replace(":workspace", Long.toString(workspace)));
              }
            })
        .isInstanceOf(SQLException.class)
        .message()
        .containsPattern(pattern);
    assertThat(billing.wallet(workspace)).isEqualTo(before);
    assertThat(
            billing
                .statements(workspace)
                .auditLedger(AuditLedgerRequest.getDefaultInstance())
                .getExact())
        .isTrue();
  }

  private static String typed(String values) {
    return values.replaceAll(
        "'(TOP_UP|CHARGE)', '([A-Z]+)', '([A-Z]+)'", "'$1'::cause, '$2'::account, '$3'::account");
  }
}
