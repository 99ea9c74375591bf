package dev.herald.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.billing.BillingFixture;
import dev.herald.runtime.testing.EmbeddedDatabases;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an operator sees of the books, and what a script sees. */
class AuditCommandTest {
  @Test
  void everyWalletIsProvenAndADifferenceIsTheExitCode() throws Exception {
    try (BillingFixture billing = new BillingFixture()) {
      long right = billing.workspaceWith(5_000_000);
      long wrong = billing.workspaceWith(7_000_000);
      Answer before = run(billing, List.of());
      assertThat(before.code()).isZero();
      assertThat(before.text())
          .contains(
              "workspace " + right + ": exact, 1 entries, debits 5000000 = credits 5000000 USD",
              "2 wallets audited, 0 with differences");

      EmbeddedDatabases.superuser("alter role " + billing.database.user() + " superuser");
      try (Connection connection = billing.connection();
          Statement statement = connection.createStatement()) {
        statement.execute("set session_replication_role = replica");
        statement.execute(
            "update ledger_entry set available_after = 1 where workspace_id = " + wrong);
      }
      assertThat(run(billing, List.of()).code()).isEqualTo(1);
      assertThat(run(billing, List.of()).text())
          .contains("DIFFERENCES", "Entry 1 does not continue", "1 with differences");
      assertThat(run(billing, List.of(Long.toString(right))).code()).isZero();
      assertThat(run(billing, List.of("--json", Long.toString(wrong))).text())
          .startsWith("{\"workspaceId\":\"" + wrong + "\",\"report\":{\"exact\":false,");
    }
  }

  @Test
  void whatIsNoWorkspaceIsRefused() {
    assertThatThrownBy(() -> AuditCommand.of(List.of("all")))
        .hasMessage("Not the id of a workspace: all");
  }

  private record Answer(int code, String text) {}

  private static Answer run(BillingFixture billing, List<String> arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int code =
        AuditCommand.of(arguments)
            .run(billing.operator(), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return new Answer(code, bytes.toString(StandardCharsets.UTF_8));
  }
}
