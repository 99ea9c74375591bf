package dev.herald.campaign.workspace;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Settings of workspaces that campaigns need. */
public final class WorkspaceStore {

  /** Stores the settings; true if they differ from before. */
  public boolean put(Handle tx, WorkspaceId workspace, String timeZone) {
    return tx.createUpdate(
                """
                insert into workspace (workspace_id, time_zone)
                values (:workspace, :timeZone)
                on conflict (workspace_id) do update
                   set time_zone = excluded.time_zone, version = workspace.version + 1
                 where workspace.time_zone <> excluded.time_zone
                """)
            .bind("workspace", workspace.value())
            .bind("timeZone", timeZone)
            .execute()
        > 0;
  }

  /** All campaigns of a workspace, for telling others about a changed setting. */
  public List<Long> campaigns(Handle handle, WorkspaceId workspace, long after, int limit) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where workspace_id = :workspace and campaign_id > :after
             order by campaign_id
             limit :limit
            """)
        .bind("workspace", workspace.value())
        .bind("after", after)
        .bind("limit", limit)
        .mapTo(Long.class)
        .list();
  }
}
