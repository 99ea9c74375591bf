package dev.herald.billing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.AuditLedgerResponse;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.runtime.Ids;
import dev.herald.runtime.testing.EmbeddedDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The audit trusts nothing: whatever is falsified behind the database's own guards comes to light.
 */
class AuditTest {
  private static BillingFixture billing;
  private long workspace;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    // Whoever may do this can write anything; the audit is for the day that somebody did.
    EmbeddedDatabases.superuser("alter role " + billing.database.user() + " superuser");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    billing.close();
  }

  @BeforeEach
  void aWalletWithEveryKindOfEntry() {
    workspace = billing.workspaceWith("USD", 50_000, 10_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 100);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "BR", 10);
    billing.usage(workspace, campaign, "IN", 50, 30);
    billing.usage(workspace, campaign, "IN", 45, 40);
    billing.unattempted(workspace, campaign, "IN", 5);
  }

  @Test
  void rightBooksAreExact() {
    AuditLedgerResponse audit = audit();
    assertThat(audit.getDifferencesList()).isEmpty();
    assertThat(audit.getExact()).isTrue();
    assertThat(audit.getEntriesChecked()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update wallet set available = available + 1, topped_up = topped_up + 1 | balance of",
        "update wallet set entries = entries + 1                               | wallet counts",
        "update ledger_entry set amount = amount + 1 where number = 1          | does not continue",
        "update ledger_entry set available_after = 5 where number = 3          | does not continue",
        "update ledger_entry set created_at = now() + interval '1 y' where number = 2"
            + " | does not continue",
        "delete from ledger_entry where number = 4                             | does not continue",
        "update line set held = held - 1 where country = 'IN'                  | the line says",
        "update line set charged_total = charged_total + 1 where country = 'IN'| the line says",
        "update line set released_total = 1000 where country = 'IN'            | were reserved,"
            + " but",
        "update line set unit_price = unit_price + 1 where country = 'BR'      | mark-up",
        "update line set list_price = list_price - 1, unit_price = div((list_price - 1)::numeric"
            + " * (1000000 + markup_ppm) + 500000, 1000000)::bigint where country = 'BR'"
            + " | is not that of the card",
        "insert into service_allowance select workspace_id, 9, 202611, 7 from wallet"
            + " where true | free service messages"
      })
  void aFalsificationIsFound(String sql, String sentence) throws SQLException {
    String only =
        sql.contains(" where ")
            ? sql + " and workspace_id = " + workspace
            : sql + " where workspace_id = " + workspace;
    try (Connection connection = billing.connection();
        Statement statement = connection.createStatement()) {
      // Constraints and triggers of the tables are passed by; only the row's own checks stay.
      statement.execute("set session_replication_role = replica");
      assertThat(statement.executeUpdate(only)).isPositive();
    }
    AuditLedgerResponse audit = audit();
    assertThat(audit.getExact()).isFalse();
    assertThat(String.join("\n", audit.getDifferencesList())).contains(sentence);
  }

  private AuditLedgerResponse audit() {
    return billing.statements(workspace).auditLedger(AuditLedgerRequest.getDefaultInstance());
  }
}
