package dev.herald.billing.statement;

import dev.herald.billing.ledger.EntryRange;
import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** All SQL about months. */
final class StatementStore {

  /** What the entries of a range moved, by cause. */
  record Sums(Micros toppedUp, Micros adjusted, Micros charged, Micros refunded) {}

  /** available + reserved after the last entry before the range. */
  Micros opening(Handle handle, EntryRange range) {
    return handle
        .createQuery(
            """
            select available_after + reserved_after from ledger_entry
             where workspace_id = :workspaceId and number = :from - 1
            """)
        .bindMethods(range)
        .map((row, context) -> Micros.of(row.getLong(1)))
        .findOne()
        .orElse(Micros.ZERO);
  }

  Sums sums(Handle handle, EntryRange range) {
    return handle
        .createQuery(
            """
            select coalesce(sum(amount) filter (where cause = 'TOP_UP'), 0)::bigint,
                   coalesce(sum(case debit when 'FUNDING' then amount else -amount end)
                              filter (where cause = 'ADJUSTMENT'), 0)::bigint,
                   coalesce(sum(amount) filter (where cause = 'CHARGE'), 0)::bigint,
                   coalesce(sum(amount) filter (where cause = 'REFUND'), 0)::bigint
              from ledger_entry
             where workspace_id = :workspaceId and number >= :from and number < :to
            """)
        .bindMethods(range)
        .map(
            (row, context) ->
                new Sums(
                    Micros.of(row.getLong(1)),
                    Micros.of(row.getLong(2)),
                    Micros.of(row.getLong(3)),
                    Micros.of(row.getLong(4))))
        .one();
  }

  /** What each line moved, those after the key, in order. */
  List<StatementLine> lines(Handle handle, EntryRange range, StatementLine.Key after, int limit) {
    return handle
        .createQuery(
            """
            select moved.*, line.market, line.category, line.unit_price
              from (select workspace_id, campaign_id, country, lot,
                           coalesce(sum(messages) filter (where cause = 'CHARGE'), 0)
                             as charged_messages,
                           coalesce(sum(amount) filter (where cause = 'CHARGE'), 0)::bigint
                             as charged,
                           coalesce(sum(messages) filter (where cause = 'REFUND'), 0)
                             as refunded_messages,
                           coalesce(sum(amount) filter (where cause = 'REFUND'), 0)::bigint
                             as refunded
                      from ledger_entry
                     where workspace_id = :workspaceId and number >= :from and number < :to
                       and cause in ('CHARGE', 'REFUND')
                       and (campaign_id, country, lot) > (:campaignId, :country, :lot)
                     group by workspace_id, campaign_id, country, lot
                     order by campaign_id, country, lot
                     limit :limit) as moved
              join line using (workspace_id, campaign_id, country, lot)
             order by campaign_id, country, lot
            """)
        .bindMethods(range)
        .bindMethods(after)
        .bind("limit", limit)
        .map(
            (row, context) ->
                new StatementLine(
                    new StatementLine.Key(
                        row.getLong("campaign_id"), row.getString("country"), row.getInt("lot")),
                    row.getString("market"),
                    Category.valueOf(row.getString("category")),
                    Micros.of(row.getLong("unit_price")),
                    row.getLong("charged_messages"),
                    Micros.of(row.getLong("charged")),
                    row.getLong("refunded_messages"),
                    Micros.of(row.getLong("refunded"))))
        .list();
  }
}
