package dev.herald.billing.reservation;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.Markup;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;

/** All SQL about lines. Whoever writes holds the wallet locked, which protects its lines too. */
public final class LineStore {

  /** Those of the lines that exist. */
  public Map<LineKey, Line> find(Handle handle, Collection<LineKey> keys) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    var query =
        handle.createQuery(
            """
            select line.*
              from unnest(:workspaceIds, :campaignIds, :countries, :lots)
                     as wanted (workspace_id, campaign_id, country, lot)
              join line using (workspace_id, campaign_id, country, lot)
            """);
    bindKeys(query, List.copyOf(keys));
    return query.map(LineStore::line).stream()
        .collect(Collectors.toMap(Line::key, Function.identity()));
  }

  /** All lines of a campaign, by country and lot. */
  public List<Line> ofCampaign(Handle handle, long workspaceId, long campaignId) {
    return handle
        .createQuery(
            """
            select * from line
             where workspace_id = :workspaceId and campaign_id = :campaignId
             order by country, lot
            """)
        .bind("workspaceId", workspaceId)
        .bind("campaignId", campaignId)
        .map(LineStore::line)
        .list();
  }

  /** All lines of several campaigns. */
  public List<Line> ofCampaigns(Handle handle, long workspaceId, Collection<Long> campaignIds) {
    return handle
        .createQuery(
            """
            select * from line
             where workspace_id = :workspaceId and campaign_id = any(:campaignIds)
            """)
        .bind("workspaceId", workspaceId)
        .bindArray("campaignIds", Long.class, new ArrayList<>(campaignIds))
        .map(LineStore::line)
        .list();
  }

  /** Everything of a campaign that stands in reserved. */
  Micros held(Handle handle, long workspaceId, long campaignId) {
    return handle
        .createQuery(
            """
            select coalesce(sum(held * unit_price), 0)::bigint from line
             where workspace_id = :workspaceId and campaign_id = :campaignId
            """)
        .bind("workspaceId", workspaceId)
        .bind("campaignId", campaignId)
        .map((row, context) -> Micros.of(row.getLong(1)))
        .one();
  }

  /** Adds lines that do not exist yet. */
  void insert(Handle tx, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    var insert =
        tx.createUpdate(
            """
            insert into line
              (workspace_id, campaign_id, country, lot, created_at, category, market, rate_card,
               rate_card_sha256, list_price, markup_ppm, unit_price, channel_id, reserved_total,
               free_by_window, allowance_granted, allowance_held, held)
            select workspace_id, campaign_id, country, lot, created_at, category::category, market,
                   rate_card, rate_card_sha256, list_price, markup_ppm, unit_price, channel_id,
                   reserved_total, free_by_window, allowance_granted, allowance_held, held
              from unnest(:workspaceIds, :campaignIds, :countries, :lots, :times, :categories,
                          :markets, :cards, :cardHashes, :listPrices, :markups, :unitPrices,
                          :channelIds, :reservedTotals, :freeByWindow, :granted, :allowanceHeld,
                          :held)
                   as added (workspace_id, campaign_id, country, lot, created_at, category,
                             market, rate_card, rate_card_sha256, list_price, markup_ppm,
                             unit_price, channel_id, reserved_total, free_by_window,
                             allowance_granted, allowance_held, held)
            """);
    bindKeys(insert, lines.stream().map(Line::key).toList());
    insert.bindArray("times", Instant.class, values(lines, Line::createdAt));
    insert.bindArray("categories", String.class, values(lines, l -> l.price().category().name()));
    insert.bindArray("markets", String.class, values(lines, l -> l.price().market()));
    insert.bindArray("cards", String.class, values(lines, l -> l.price().rateCard()));
    insert.bindArray("cardHashes", String.class, values(lines, l -> l.price().rateCardSha256()));
    insert.bindArray("listPrices", Long.class, values(lines, l -> l.price().listPrice().value()));
    insert.bindArray("markups", Integer.class, values(lines, l -> l.price().markup().ppm()));
    insert.bindArray("unitPrices", Long.class, values(lines, l -> l.price().unitPrice().value()));
    insert.bindArray("channelIds", Long.class, values(lines, Line::channelId));
    insert.bindArray("reservedTotals", Integer.class, values(lines, l -> l.totals().reserved()));
    insert.bindArray("freeByWindow", Integer.class, values(lines, l -> l.free().byWindow()));
    insert.bindArray("granted", Integer.class, values(lines, l -> l.free().granted()));
    insert.bindArray("allowanceHeld", Integer.class, values(lines, l -> l.free().held()));
    insert.bindArray("held", Integer.class, values(lines, l -> l.posted().held()));
    insert.execute();
  }

  /**
   * Writes what following a state changes: its totals, the free messages still needed, and what was
   * moved. Fewer columns than {@link #update}, because this is done for thousands of lines a
   * second.
   */
  void settle(Handle tx, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    var update =
        tx.createUpdate(
            """
            update line
               set charged_total = changed.charged_total,
                   released_total = changed.released_total,
                   unattempted_total = changed.unattempted_total,
                   usage_version = changed.usage_version,
                   unattempted_version = changed.unattempted_version,
                   allowance_held = changed.allowance_held,
                   held = changed.held,
                   released_posted = changed.released_posted,
                   refunded_posted = changed.refunded_posted,
                   late_posted = changed.late_posted
              from unnest(:workspaceIds, :campaignIds, :countries, :lots, :chargedTotals,
                          :releasedTotals, :unattemptedTotals, :usageVersions,
                          :unattemptedVersions, :allowanceHeld, :held, :releasedPosted,
                          :refundedPosted, :latePosted)
                   as changed (workspace_id, campaign_id, country, lot, charged_total,
                               released_total, unattempted_total, usage_version,
                               unattempted_version, allowance_held, held, released_posted,
                               refunded_posted, late_posted)
             where line.workspace_id = changed.workspace_id
               and line.campaign_id = changed.campaign_id
               and line.country = changed.country
               and line.lot = changed.lot
            """);
    bindState(update, lines);
    update.execute();
  }

  /** Writes what of a line can change: totals, free messages, and what was moved. */
  void update(Handle tx, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    var update =
        tx.createUpdate(
            """
            update line
               set reserved_total = changed.reserved_total,
                   charged_total = changed.charged_total,
                   released_total = changed.released_total,
                   unattempted_total = changed.unattempted_total,
                   usage_version = changed.usage_version,
                   unattempted_version = changed.unattempted_version,
                   free_by_window = changed.free_by_window,
                   allowance_granted = changed.allowance_granted,
                   allowance_held = changed.allowance_held,
                   held = changed.held,
                   released_posted = changed.released_posted,
                   refunded_posted = changed.refunded_posted,
                   late_posted = changed.late_posted
              from unnest(:workspaceIds, :campaignIds, :countries, :lots, :reservedTotals,
                          :chargedTotals, :releasedTotals, :unattemptedTotals, :usageVersions,
                          :unattemptedVersions, :freeByWindow, :granted, :allowanceHeld, :held,
                          :releasedPosted, :refundedPosted, :latePosted)
                   as changed (workspace_id, campaign_id, country, lot, reserved_total,
                               charged_total, released_total, unattempted_total, usage_version,
                               unattempted_version, free_by_window, allowance_granted,
                               allowance_held, held, released_posted, refunded_posted,
                               late_posted)
             where line.workspace_id = changed.workspace_id
               and line.campaign_id = changed.campaign_id
               and line.country = changed.country
               and line.lot = changed.lot
            """);
    update.bindArray("reservedTotals", Integer.class, values(lines, l -> l.totals().reserved()));
    update.bindArray("freeByWindow", Integer.class, values(lines, l -> l.free().byWindow()));
    update.bindArray("granted", Integer.class, values(lines, l -> l.free().granted()));
    bindState(update, lines);
    update.execute();
  }

  private static void bindState(SqlStatement<?> update, List<Line> lines) {
    bindKeys(update, lines.stream().map(Line::key).toList());
    update.bindArray("chargedTotals", Integer.class, values(lines, l -> l.totals().charged()));
    update.bindArray("releasedTotals", Integer.class, values(lines, l -> l.totals().released()));
    update.bindArray(
        "unattemptedTotals", Integer.class, values(lines, l -> l.totals().unattempted()));
    update.bindArray("usageVersions", Long.class, values(lines, l -> l.totals().usageVersion()));
    update.bindArray(
        "unattemptedVersions", Long.class, values(lines, l -> l.totals().unattemptedVersion()));
    update.bindArray("allowanceHeld", Integer.class, values(lines, l -> l.free().held()));
    update.bindArray("held", Integer.class, values(lines, l -> l.posted().held()));
    update.bindArray("releasedPosted", Long.class, values(lines, l -> l.posted().released()));
    update.bindArray("refundedPosted", Long.class, values(lines, l -> l.posted().refunded()));
    update.bindArray("latePosted", Long.class, values(lines, l -> l.posted().late()));
  }

  private static void bindKeys(SqlStatement<?> statement, List<LineKey> keys) {
    statement.bindArray("workspaceIds", Long.class, values(keys, LineKey::workspaceId));
    statement.bindArray("campaignIds", Long.class, values(keys, LineKey::campaignId));
    statement.bindArray("countries", String.class, values(keys, LineKey::country));
    statement.bindArray("lots", Integer.class, values(keys, LineKey::lot));
  }

  private static <T, V> List<V> values(List<T> items, Function<T, V> value) {
    return items.stream().map(value).toList();
  }

  private static Line line(ResultSet row, StatementContext context) throws SQLException {
    return new Line(
        new LineKey(
            row.getLong("workspace_id"),
            row.getLong("campaign_id"),
            row.getString("country"),
            row.getInt("lot")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getLong("channel_id"),
        new PriceTag(
            Category.valueOf(row.getString("category")),
            row.getString("market"),
            row.getString("rate_card"),
            row.getString("rate_card_sha256"),
            Micros.of(row.getLong("list_price")),
            new Markup(row.getInt("markup_ppm")),
            Micros.of(row.getLong("unit_price"))),
        new Totals(
            row.getInt("reserved_total"),
            row.getInt("charged_total"),
            row.getInt("released_total"),
            row.getInt("unattempted_total"),
            row.getLong("usage_version"),
            row.getLong("unattempted_version")),
        new FreeMessages(
            row.getInt("free_by_window"),
            row.getInt("allowance_granted"),
            row.getInt("allowance_held")),
        new Posted(
            row.getInt("held"),
            row.getLong("released_posted"),
            row.getLong("refunded_posted"),
            row.getLong("late_posted")));
  }
}
