package dev.herald.campaign.feed;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.CampaignType;
import dev.herald.campaign.campaign.StatusChange;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Status changes that nobody has been told of. */
final class FeedStore {
  /** A change, and of what campaign. */
  record Untold(
      WorkspaceId workspace,
      CampaignId campaign,
      String name,
      CampaignType type,
      StatusChange change) {}

  /** Oldest first. Herald's own campaigns and notes that change no status are nobody's news. */
  List<Untold> untold(Handle tx, int limit) {
    tx.execute(
        """
        update status_change s set told = true
          from campaign c
         where not s.told and c.campaign_id = s.campaign_id
           and (c.hidden or s.from_status = s.to_status)
        """);
    return tx.createQuery(
            """
            select c.workspace_id, c.campaign_id, c.name, c.type, s.*
              from status_change s
              join campaign c on c.campaign_id = s.campaign_id
             where not s.told
             order by s.change_id
             limit :limit
            """)
        .bind("limit", limit)
        .map(
            (row, context) ->
                new Untold(
                    new WorkspaceId(row.getLong("workspace_id")),
                    new CampaignId(row.getLong("campaign_id")),
                    row.getString("name"),
                    CampaignType.valueOf(row.getString("type")),
                    CampaignListStore.STATUS_CHANGE.map(row, context)))
        .list();
  }

  void told(Handle tx, List<Long> ids) {
    tx.createUpdate(
            "update status_change set told = true where not told and change_id = any (:ids)")
        .bind("ids", ids.stream().mapToLong(Long::longValue).toArray())
        .execute();
  }
}
