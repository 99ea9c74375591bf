package dev.herald.campaign.campaign;

import dev.herald.campaign.sql.Rows;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Campaigns in lists: for people, by page; for Herald, by what is to be done about them. */
public final class CampaignListStore {
  /** Of a row of status_change. */
  public static final RowMapper<StatusChange> STATUS_CHANGE =
      (row, context) ->
          new StatusChange(
              row.getLong("change_id"),
              Rows.time(row, "changed_at"),
              CampaignStatus.valueOf(row.getString("from_status")),
              CampaignStatus.valueOf(row.getString("to_status")),
              row.getString("changed_by"),
              row.getString("reason"));

  /** A page of a list. */
  public List<Campaign> list(Handle handle, CampaignQuery query) {
    return handle
        .createQuery(
            CampaignStore.SELECT
                + """
                where c.workspace_id = :workspace and not c.hidden
                  and (cardinality(:statuses) = 0 or c.status = any (:statuses))
                  and (:type = '' or c.type = :type)
                  and (:text = '' or position(lower(:text) in lower(c.name)) > 0)
                  and (cast(:after as timestamptz) is null or c.created_at > :after)
                  and (cast(:before as timestamptz) is null or c.created_at < :before)
                """
                + query.position()
                + query.order()
                + " limit :limit")
        .bind("workspace", query.workspace().value())
        .bindArray("statuses", String.class, query.statuses().stream().map(Enum::name).toList())
        .bind("type", query.type() == null ? "" : query.type().name())
        .bind("text", query.text())
        .bind("after", query.createdAfter())
        .bind("before", query.createdBefore())
        .bind("limit", query.limit())
        .bindMap(query.positionValues())
        .map(CampaignStore.CAMPAIGN)
        .list();
  }

  public List<StatusChange> changes(Handle handle, CampaignId id, long before, int limit) {
    return handle
        .createQuery(
            """
            select * from status_change
             where campaign_id = :id and change_id < :before
             order by change_id desc
             limit :limit
            """)
        .bind("id", id.value())
        .bind("before", before)
        .bind("limit", limit)
        .map(STATUS_CHANGE)
        .list();
  }

  /** SCHEDULED campaigns whose time has come, the oldest first. */
  public List<CampaignId> due(Handle handle, int limit) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where status = 'SCHEDULED' and start_at <= now()
             order by start_at
             limit :limit
            """)
        .bind("limit", limit)
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .list();
  }

  /** Campaigns that would go on by themselves, of one channel or, with 0, of all. */
  public List<CampaignId> running(Handle handle, long channel) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where status in ('SCHEDULED', 'LIVE') and not hidden
               and (:channel = 0 or channel_id = :channel)
             order by campaign_id
            """)
        .bind("channel", channel)
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .list();
  }

  /** Campaigns on a template that would go on by themselves. */
  public List<CampaignId> runningOn(Handle handle, long template) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where status in ('SCHEDULED', 'LIVE') and template_id = :template
             order by campaign_id
            """)
        .bind("template", template)
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .list();
  }
}
