package dev.herald.billing.audit;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * The questions an auditor asks of the tables. Each recomputes from the bottom what is kept on top
 * and returns what differs, as sentences; none trusts a balance, a counter or a constraint.
 */
final class AuditStore {
  private static final int MAX_DIFFERENCES = 50;

  /** All entries of a workspace, added up on both sides. */
  record Sides(long entries, Micros debits, Micros credits) {}

  /** A price lines were given, and the card it is said to come from. */
  record Price(
      String rateCard,
      String rateCardSha256,
      String market,
      Category category,
      int lot,
      Micros listPrice) {}

  Sides sides(Handle handle, long workspaceId) {
    return handle
        .createQuery(
            """
            with side as (
              select debit as account, amount as debit, 0 as credit
                from ledger_entry where workspace_id = :workspaceId
              union all
              select credit, 0, amount from ledger_entry where workspace_id = :workspaceId)
            select count(*) / 2, coalesce(sum(debit), 0)::bigint, coalesce(sum(credit), 0)::bigint
              from side
            """)
        .bind("workspaceId", workspaceId)
        .map(
            (row, context) ->
                new Sides(row.getLong(1), Micros.of(row.getLong(2)), Micros.of(row.getLong(3))))
        .one();
  }

  List<String> balancesThatAreNotTheSumOfEntries(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        with side as (
          select debit as account, -amount as amount
            from ledger_entry where workspace_id = :workspaceId
          union all
          select credit, amount from ledger_entry where workspace_id = :workspaceId),
        summed as (select account, sum(amount) as amount from side group by account),
        kept (account, amount) as (
          select kept.* from wallet, lateral (values
              ('FUNDING'::account, -(topped_up + adjusted)), ('AVAILABLE', available),
              ('RESERVED', reserved), ('REVENUE', revenue)) as kept
           where workspace_id = :workspaceId)
        select format('The balance of %s is %s, its entries sum to %s.',
                      account, kept.amount, coalesce(summed.amount, 0))
          from kept full join summed using (account)
         where kept.amount is distinct from coalesce(summed.amount, 0)
        """);
  }

  List<String> entriesThatDoNotContinue(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        select format('Entry %s does not continue the one before: expected number %s, '
                      'available %s, reserved %s; found available %s, reserved %s.',
                      number, position, available, reserved, available_after, reserved_after)
          from (select number, created_at, available_after, reserved_after,
                       row_number() over in_order as position,
                       lag(created_at) over in_order as before,
                       sum(case when credit = 'AVAILABLE' then amount
                                when debit = 'AVAILABLE' then -amount else 0 end)
                         over in_order as available,
                       sum(case when credit = 'RESERVED' then amount
                                when debit = 'RESERVED' then -amount else 0 end)
                         over in_order as reserved
                  from ledger_entry
                 where workspace_id = :workspaceId
                window in_order as (order by number rows unbounded preceding)) as chain
         where number <> position or created_at < before
            or available_after <> available or reserved_after <> reserved
        union all
        select format('The wallet counts %s entries, there are %s.', entries, found)
          from wallet,
               lateral (select count(*) as found from ledger_entry
                         where workspace_id = wallet.workspace_id) as counted
         where workspace_id = :workspaceId and entries <> found
        """);
  }

  List<String> linesThatAreNotTheSumOfEntries(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        with moved as (
          select campaign_id, country, lot,
                 sum(case when credit = 'RESERVED' then amount
                          when debit = 'RESERVED' then -amount else 0 end) as reserved,
                 sum(case when credit = 'REVENUE' then amount
                          when debit = 'REVENUE' then -amount else 0 end) as charged,
                 coalesce(sum(amount) filter (where cause = 'RELEASE'), 0) as released,
                 coalesce(sum(amount) filter (where cause = 'REFUND'), 0) as refunded,
                 coalesce(sum(amount) filter (where cause = 'CHARGE' and debit = 'AVAILABLE'), 0)
                   as late,
                 bool_and(amount = messages * unit_price) as exact,
                 min(unit_price) as lowest_price, max(unit_price) as highest_price,
                 count(distinct category) as categories, min(category) as category
            from ledger_entry
           where workspace_id = :workspaceId and campaign_id is not null
           group by campaign_id, country, lot),
        kept as (select * from line where workspace_id = :workspaceId)
        select format('Campaign %s, %s, lot %s: the line says reserved %s, charged %s; '
                      'its entries say reserved %s, charged %s.',
                      campaign_id, country, lot, held * kept.unit_price,
                      greatest(0, charged_total - free_by_window - allowance_held)
                        * kept.unit_price, moved.reserved, moved.charged)
          from kept full join moved using (campaign_id, country, lot)
         where kept.unit_price is null
            or held * kept.unit_price <> coalesce(moved.reserved, 0)
            or greatest(0, charged_total - free_by_window - allowance_held) * kept.unit_price
                 <> coalesce(moved.charged, 0)
            or released_posted * kept.unit_price <> coalesce(moved.released, 0)
            or refunded_posted * kept.unit_price <> coalesce(moved.refunded, 0)
            or late_posted * kept.unit_price <> coalesce(moved.late, 0)
            or not coalesce(exact, true)
            or coalesce(lowest_price, kept.unit_price) <> kept.unit_price
            or coalesce(highest_price, kept.unit_price) <> kept.unit_price
            or coalesce(categories, 1) <> 1
            or coalesce(moved.category, kept.category) <> kept.category
        """);
  }

  List<String> linesBeyondTheirReservation(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        select format('Campaign %s, %s, lot %s: %s messages were reserved, but %s are charged, '
                      '%s released and %s never attempted.',
                      campaign_id, country, lot, reserved_total, charged_total, released_total,
                      unattempted_total)
          from line
         where workspace_id = :workspaceId
           and charged_total::bigint + released_total + unattempted_total > reserved_total
        """);
  }

  List<String> pricesWithAWrongMarkup(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        select format('Campaign %s, %s, lot %s: the price %s is not %s with a mark-up of %s ppm.',
                      campaign_id, country, lot, unit_price, list_price, markup_ppm)
          from line
         where workspace_id = :workspaceId
           and unit_price <> div(list_price::numeric * (1000000 + markup_ppm) + 500000, 1000000)
        """);
  }

  List<String> allowancesThatAreNotTheSumOfLines(Handle handle, long workspaceId) {
    return sentences(
        handle,
        workspaceId,
        """
        with summed as (
          select channel_id, lot / 100 as month, sum(allowance_held) as held
            from line where workspace_id = :workspaceId and allowance_granted > 0
           group by channel_id, lot / 100),
        kept as (
          select channel_id, month, held from service_allowance
           where workspace_id = :workspaceId)
        select format('Channel %s, month %s: lines hold %s free service messages, counted are %s.',
                      channel_id, month, coalesce(summed.held, 0), coalesce(kept.held, 0))
          from summed full join kept using (channel_id, month)
         where coalesce(summed.held, 0) <> coalesce(kept.held, 0)
        """);
  }

  List<Price> prices(Handle handle, long workspaceId) {
    return handle
        .createQuery(
            """
            select distinct rate_card, rate_card_sha256, market, category, lot, list_price
              from line where workspace_id = :workspaceId
             order by rate_card, market, category, lot
            """)
        .bind("workspaceId", workspaceId)
        .map(
            (row, context) ->
                new Price(
                    row.getString("rate_card"),
                    row.getString("rate_card_sha256"),
                    row.getString("market"),
                    Category.valueOf(row.getString("category")),
                    row.getInt("lot"),
                    Micros.of(row.getLong("list_price"))))
        .list();
  }

  private static List<String> sentences(Handle handle, long workspaceId, String question) {
    return handle
        .createQuery("select * from (" + question + ") as differences limit " + MAX_DIFFERENCES)
        .bind("workspaceId", workspaceId)
        .mapTo(String.class)
        .list();
  }
}
