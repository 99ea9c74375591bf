package dev.herald.billing;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Lets the database itself check, as the last thing of every transaction of the service, that the
 * lines and wallets it changed are the sums of their entries and lines. A commit that breaks an
 * invariant does not happen, and the call that caused it fails.
 */
final class BooksAtEveryCommit {
  private static final String CHECKS =
      """
      create function check_line() returns trigger language plpgsql as $$
      declare
        wrong text;
      begin
        with kept as (
          select *, held * unit_price as reserved,
                 greatest(0, charged_total - free_by_window - allowance_held) * unit_price as charged
            from line
           where (workspace_id, campaign_id, country, lot)
                 = (new.workspace_id, new.campaign_id, new.country, new.lot)),
        moved as (
          select coalesce(sum(case when credit = 'RESERVED' then amount
                                   when debit = 'RESERVED' then -amount else 0 end), 0) as reserved,
                 coalesce(sum(case when credit = 'REVENUE' then amount
                                   when debit = 'REVENUE' then -amount else 0 end), 0) as charged,
                 coalesce(bool_and(amount = messages * unit_price), true) as exact
            from ledger_entry
           where (workspace_id, campaign_id, country, lot)
                 = (new.workspace_id, new.campaign_id, new.country, new.lot))
        select format('line %s: %s', kept.*, moved.*) into wrong
          from kept, moved
         where kept.reserved <> moved.reserved or kept.charged <> moved.charged or not exact;
        if wrong is not null then
          raise exception 'a line is not the sum of its entries: %', wrong;
        end if;
        return null;
      end $$;

      create constraint trigger check_line after insert or update on line
        deferrable initially deferred for each row execute function check_line();

      create function check_wallet() returns trigger language plpgsql as $$
      declare
        wrong text;
      begin
        select format('%s: lines %s, last entry %s', wallet.*, summed.*, last.*) into wrong
          from wallet,
               lateral (
                 select coalesce(sum(held * unit_price), 0) as reserved,
                        coalesce(sum(greatest(0, charged_total - free_by_window - allowance_held)
                                       * unit_price), 0) as charged
                   from line where line.workspace_id = wallet.workspace_id) as summed,
               lateral (
                 select * from ledger_entry
                  where ledger_entry.workspace_id = wallet.workspace_id
                    and number = wallet.entries) as last
         where wallet.workspace_id = new.workspace_id
           and (wallet.reserved <> summed.reserved or wallet.revenue <> summed.charged
                or wallet.available <> last.available_after
                or wallet.reserved <> last.reserved_after
                or wallet.available + wallet.reserved + wallet.revenue
                     <> wallet.topped_up + wallet.adjusted);
        if wrong is not null then
          raise exception 'a wallet is not the sum of its lines: %', wrong;
        end if;
        return null;
      end $$;

      create constraint trigger check_wallet after update on wallet
        deferrable initially deferred for each row execute function check_wallet();
      """;

  private BooksAtEveryCommit() {}

  static void areChecked(BillingFixture billing) throws SQLException {
    try (Connection connection = billing.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(CHECKS);
    }
  }
}
