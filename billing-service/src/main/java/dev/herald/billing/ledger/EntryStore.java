package dev.herald.billing.ledger;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;

/** All SQL about ledger entries. */
public final class EntryStore {

  /**
   * Appends in one statement; a trigger moves the balances by exactly these entries and refuses a
   * gap in the numbers, a balance that does not follow, or a state that was posted before. Copied
   * in, because that takes PostgreSQL half the time of an insert from arrays.
   */
  void append(Handle tx, List<Entry> added) {
    if (added.isEmpty()) {
      return;
    }
    CopyRows rows = new CopyRows();
    added.forEach(entry -> write(entry, rows));
    rows.into(
        tx,
        """
        copy ledger_entry
          (workspace_id, number, created_at, cause, debit, credit, amount, available_after,
           reserved_after, origin, campaign_id, country, lot, category, messages, unit_price,
           version, request_id, note)
        from stdin
        """);
  }

  private static void write(Entry entry, CopyRows row) {
    row.number(entry.workspaceId())
        .number(entry.number())
        .text(entry.createdAt().toString())
        .text(entry.cause().name())
        .text(entry.debit().name())
        .text(entry.credit().name())
        .number(entry.amount().value())
        .number(entry.availableAfter().value())
        .number(entry.reservedAfter().value());
    switch (entry.subject()) {
      case Subject.Payment payment ->
          row.text(Origin.REQUEST.name())
              .nulls(7)
              .text(payment.requestId())
              .text(payment.note())
              .end();
      case Subject.Messages messages ->
          row.text(messages.origin().name())
              .number(messages.campaignId())
              .text(messages.country())
              .number(messages.lot())
              .text(messages.category().name())
              .number(messages.messages())
              .number(messages.unitPrice().value())
              .number(messages.version())
              .nulls(2)
              .end();
    }
  }

  /** The payment made by this request, if it was made. */
  public Optional<Entry> findRequest(Handle handle, long workspaceId, String requestId) {
    return handle
        .createQuery(
            """
            select * from ledger_entry
             where workspace_id = :workspaceId and request_id = :requestId
            """)
        .bind("workspaceId", workspaceId)
        .bind("requestId", requestId)
        .map(EntryStore::entry)
        .findOne();
  }

  /** Newest first, those with a number below {@code before}. */
  public List<Entry> list(
      Handle handle, long workspaceId, EntryFilter filter, long before, int limit) {
    long from = filter.start().map(start -> firstAtOrAfter(handle, workspaceId, start)).orElse(1L);
    long to =
        filter
            .end()
            .map(end -> Math.min(before, firstAtOrAfter(handle, workspaceId, end)))
            .orElse(before);
    String ofCampaign = filter.campaignId().isPresent() ? "and campaign_id = :campaignId" : "";
    // Written out, not bound: so the planner sees when the index of the rare causes will do.
    String ofCauses =
        filter.causes().isEmpty()
            ? ""
            : filter.causes().stream()
                .map(cause -> "'" + cause.name() + "'")
                .sorted()
                .collect(Collectors.joining(", ", "and cause in (", ")"));
    Query query =
        handle.createQuery(
            """
            select * from ledger_entry
             where workspace_id = :workspaceId
               and number >= :from and number < :to
               %s %s
             order by number desc
             limit :limit
            """
                .formatted(ofCampaign, ofCauses));
    filter.campaignId().ifPresent(campaignId -> query.bind("campaignId", campaignId));
    return query
        .bind("workspaceId", workspaceId)
        .bind("from", from)
        .bind("to", to)
        .bind("limit", limit)
        .map(EntryStore::entry)
        .list();
  }

  /** Top-ups and adjustments of the range after a number, oldest first. */
  public List<Entry> payments(Handle handle, EntryRange range, long afterNumber, int limit) {
    return handle
        .createQuery(
            """
            select * from ledger_entry
             where workspace_id = :workspaceId
               and number >= :from and number < :to and number > :after
               and cause in ('TOP_UP', 'ADJUSTMENT')
             order by number
             limit :limit
            """)
        .bindMethods(range)
        .bind("after", afterNumber)
        .bind("limit", limit)
        .map(EntryStore::entry)
        .list();
  }

  /** The latest top-ups and adjustments of the range, oldest first. */
  public List<Entry> latestPayments(Handle handle, EntryRange range, int limit) {
    return handle
        .createQuery(
            """
            select * from (
              select * from ledger_entry
               where workspace_id = :workspaceId
                 and number >= :from and number < :to
                 and cause in ('TOP_UP', 'ADJUSTMENT')
               order by number desc
               limit :limit) as latest
             order by number
            """)
        .bindMethods(range)
        .bind("limit", limit)
        .map(EntryStore::entry)
        .list();
  }

  /**
   * Number of the first entry at or after a moment, one more than the last if there is none.
   * Numbers have no gap and times never go back, so halving finds it in a few look-ups without an
   * index.
   */
  public long firstAtOrAfter(Handle handle, long workspaceId, Instant moment) {
    return handle
        .createQuery(
            """
            with recursive search (low, high) as (
              select 1::bigint, coalesce(max(number), 0) + 1
                from ledger_entry where workspace_id = :workspaceId
              union all
              select case when entry.created_at < :moment then entry.number + 1 else low end,
                     case when entry.created_at < :moment then high else entry.number end
                from search
                join ledger_entry entry
                  on entry.workspace_id = :workspaceId and entry.number = (low + high) / 2
               where low < high)
            select low from search where low = high
            """)
        .bind("workspaceId", workspaceId)
        .bind("moment", moment)
        .mapTo(Long.class)
        .one();
  }

  private static Entry entry(ResultSet row, StatementContext context) throws SQLException {
    return new Entry(
        row.getLong("workspace_id"),
        row.getLong("number"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        Cause.valueOf(row.getString("cause")),
        Account.valueOf(row.getString("debit")),
        Account.valueOf(row.getString("credit")),
        Micros.of(row.getLong("amount")),
        subject(row),
        Micros.of(row.getLong("available_after")),
        Micros.of(row.getLong("reserved_after")));
  }

  private static Subject subject(ResultSet row) throws SQLException {
    Origin origin = Origin.valueOf(row.getString("origin"));
    return origin == Origin.REQUEST
        ? new Subject.Payment(row.getString("request_id"), row.getString("note"))
        : new Subject.Messages(
            row.getLong("campaign_id"),
            row.getString("country"),
            row.getInt("lot"),
            Category.valueOf(row.getString("category")),
            row.getInt("messages"),
            Micros.of(row.getLong("unit_price")),
            origin,
            row.getLong("version"));
  }
}
