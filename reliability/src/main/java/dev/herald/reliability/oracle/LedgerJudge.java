package dev.herald.reliability.oracle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plays the whole ledger again, entry by entry, and compares it with wallets and lines. */
final class LedgerJudge {
  private final Connection database;
  private final List<Violation> violations;
  private final Map<String, Long> lineMoney = new HashMap<>();

  /** The accounts of a workspace. */
  private static final class Accounts {
    long number;
    long funding;
    long available;
    long reserved;
    long revenue;

    void move(String account, long amount) {
      switch (account) {
        case "FUNDING" -> funding += amount;
        case "AVAILABLE" -> available += amount;
        case "RESERVED" -> reserved += amount;
        case "REVENUE" -> revenue += amount;
        default -> throw new IllegalArgumentException(account);
      }
    }
  }

  LedgerJudge(Connection database, List<Violation> violations) {
    this.database = database;
    this.violations = violations;
  }

  /**
   * All workspaces.
   *
   * @param toppedUp what clients have been told was paid in, all together
   */
  void judge(long toppedUp) throws SQLException {
    Map<Long, Accounts> workspaces = replay();
    wallets(workspaces);
    lines();
    long paidIn = -workspaces.values().stream().mapToLong(it -> it.funding).sum();
    if (paidIn != toppedUp) {
      violated("paid in are " + paidIn + " micros, acknowledged were " + toppedUp);
    }
  }

  private void violated(String what) {
    violations.add(new Violation("P6", 0, what));
  }

  private Map<Long, Accounts> replay() throws SQLException {
    Map<Long, Accounts> workspaces = new HashMap<>();
    try (Statement statement = database.createStatement();
        ResultSet entries =
            statement.executeQuery(
                """
                select workspace_id, number, cause, debit, credit, amount, campaign_id, country, lot,
                       available_after, reserved_after
                  from billing.ledger_entry order by workspace_id, number
                """)) {
      while (entries.next()) {
        long workspace = entries.getLong("workspace_id");
        Accounts accounts = workspaces.computeIfAbsent(workspace, id -> new Accounts());
        long number = entries.getLong("number");
        if (number != ++accounts.number) {
          violated("workspace " + workspace + " has a gap before entry " + number);
          accounts.number = number;
        }
        long amount = entries.getLong("amount");
        accounts.move(entries.getString("debit"), -amount);
        accounts.move(entries.getString("credit"), amount);
        if (entries.getString("cause").equals("RESERVATION")
            && entries.getLong("available_after") < 0) {
          violated("entry " + number + " overdraws the wallet");
        }
        if (entries.getLong("campaign_id") != 0) {
          String line =
              entries.getLong("campaign_id")
                  + "/"
                  + entries.getString("country")
                  + "/"
                  + entries.getInt("lot");
          add(line, entries.getString("debit"), -amount);
          add(line, entries.getString("credit"), amount);
        }
      }
    }
    return workspaces;
  }

  private void add(String line, String account, long amount) {
    lineMoney.merge(line + " " + account, amount, Long::sum);
  }

  private void wallets(Map<Long, Accounts> workspaces) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet wallets =
            statement.executeQuery(
                "select workspace_id, entries, available, reserved, revenue from billing.wallet")) {
      while (wallets.next()) {
        Accounts played =
            workspaces.computeIfAbsent(wallets.getLong("workspace_id"), id -> new Accounts());
        if (played.number != wallets.getLong("entries")
            || played.available != wallets.getLong("available")
            || played.reserved != wallets.getLong("reserved")
            || played.revenue != wallets.getLong("revenue")) {
          violated(
              "the wallet of workspace "
                  + wallets.getLong("workspace_id")
                  + " is not the sum of its entries");
        }
      }
    }
  }

  private void lines() throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet lines =
            statement.executeQuery(
                """
                select campaign_id || '/' || country || '/' || lot as line, unit_price,
                       charged_total, held, free_by_window + allowance_granted as free
                  from billing.line
                """)) {
      while (lines.next()) {
        if (lines.getInt("free") > 0) {
          continue;
        }
        String line = lines.getString("line");
        long price = lines.getLong("unit_price");
        compare(line + " REVENUE", lines.getLong("charged_total") * price);
        compare(line + " RESERVED", lines.getLong("held") * price);
      }
    }
  }

  private void compare(String account, long expected) {
    long found = lineMoney.getOrDefault(account, 0L);
    if (found != expected) {
      violated("line " + account + " has " + found + " micros, must be " + expected);
    }
  }
}
