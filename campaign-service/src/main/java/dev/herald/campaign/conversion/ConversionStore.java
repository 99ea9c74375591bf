package dev.herald.campaign.conversion;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.conversion.Conversion.Owed;
import dev.herald.campaign.conversion.Conversion.Total;
import dev.herald.campaign.conversion.Conversion.Value;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Conversions, and what each campaign brought in. */
public final class ConversionStore {
  private static final RowMapper<Conversion> CONVERSION =
      (row, context) -> {
        Long campaign = row.getObject("campaign_id", Long.class);
        return new Conversion(
            row.getString("conversion_id"),
            campaign == null
                ? Optional.empty()
                : Optional.of(new Owed(new CampaignId(campaign), row.getInt("ordinal"))),
            new Value(row.getString("currency"), row.getLong("value_micros")),
            Rows.time(row, "converted_at"));
      };

  /** Where a page begins: behind this conversion. */
  record Place(Instant time, String id) {}

  Optional<Conversion> find(Handle handle, WorkspaceId workspace, String id) {
    return handle
        .createQuery(
            "select * from conversion where workspace_id = :workspace and conversion_id = :id")
        .bind("workspace", workspace.value())
        .bind("id", id)
        .map(CONVERSION)
        .findOne();
  }

  /** Stores a conversion and counts it; false, and nothing is changed, if its id is there. */
  boolean add(Handle tx, WorkspaceId workspace, Conversion conversion) {
    // First, and alone: two conversions of one message at once would not see each other.
    conversion.message().ifPresent(owed -> lockTotal(tx, owed, conversion.value()));
    if (!insert(tx, workspace, conversion)) {
      return false;
    }
    conversion.message().ifPresent(owed -> count(tx, owed, conversion));
    return true;
  }

  private static void lockTotal(Handle tx, Owed owed, Value value) {
    tx.createUpdate(
            """
            insert into conversion_total as t
              (campaign_id, currency, conversions, messages, value_micros)
            values (:campaign, :currency, 0, 0, 0)
            on conflict (campaign_id, currency) do update set messages = t.messages
            """)
        .bind("campaign", owed.campaign().value())
        .bind("currency", value.currency())
        .execute();
  }

  private static boolean insert(Handle tx, WorkspaceId workspace, Conversion conversion) {
    return tx.createUpdate(
                """
                insert into conversion
                  (workspace_id, conversion_id, campaign_id, ordinal, currency, value_micros,
                   converted_at)
                values (:workspace, :id, :campaign, :ordinal, :currency, :micros, :time)
                on conflict do nothing
                """)
            .bind("workspace", workspace.value())
            .bind("id", conversion.id())
            .bind("campaign", conversion.message().map(owed -> owed.campaign().value()))
            .bind("ordinal", conversion.message().map(Owed::ordinal))
            .bind("currency", conversion.value().currency())
            .bind("micros", conversion.value().micros())
            .bind("time", conversion.time())
            .execute()
        > 0;
  }

  private static void count(Handle tx, Owed owed, Conversion conversion) {
    tx.createUpdate(
            """
            update conversion_total
               set conversions = conversions + 1, value_micros = value_micros + :micros,
                   messages = messages + case when exists (
                     select from conversion c
                      where c.campaign_id = :campaign and c.ordinal = :ordinal
                        and c.currency = :currency and c.conversion_id <> :id) then 0 else 1 end
             where campaign_id = :campaign and currency = :currency
            """)
        .bind("campaign", owed.campaign().value())
        .bind("ordinal", owed.ordinal())
        .bind("currency", conversion.value().currency())
        .bind("micros", conversion.value().micros())
        .bind("id", conversion.id())
        .execute();
  }

  List<Total> totals(Handle handle, CampaignId campaign) {
    return handle
        .createQuery(
            """
            select conversions, messages, currency,
                   least(value_micros, 9223372036854775807)::bigint as value_micros
              from conversion_total where campaign_id = :campaign and conversions > 0
             order by value_micros desc, currency
            """)
        .bind("campaign", campaign.value())
        .map(
            (row, context) ->
                new Total(
                    row.getLong("conversions"),
                    row.getInt("messages"),
                    new Value(row.getString("currency"), row.getLong("value_micros"))))
        .list();
  }

  List<Conversion> list(Handle handle, CampaignId campaign, @Nullable Place after, int limit) {
    return handle
        .createQuery(
            """
            select * from conversion
             where campaign_id = :campaign
               and (cast(:time as timestamptz) is null or converted_at < :time
                    or converted_at = :time and conversion_id > :id)
             order by converted_at desc, conversion_id
             limit :limit
            """)
        .bind("campaign", campaign.value())
        .bind("time", after == null ? null : after.time())
        .bind("id", after == null ? "" : after.id())
        .bind("limit", limit)
        .map(CONVERSION)
        .list();
  }

  /** Which of these messages led to a conversion. */
  public Set<Integer> converted(Handle handle, CampaignId campaign, Collection<Integer> ordinals) {
    return Set.copyOf(
        handle
            .createQuery(
                """
                select distinct ordinal from conversion
                 where campaign_id = :campaign and ordinal = any(:ordinals)
                """)
            .bind("campaign", campaign.value())
            .bindArray("ordinals", Integer.class, ordinals)
            .mapTo(Integer.class)
            .list());
  }
}
