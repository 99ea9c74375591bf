package dev.herald.campaign.feed;

import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.v1.UntoldNotice;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What WhatsApp changed about templates and numbers, until somebody has taken it. Triggers of the
 * database write it (V8__notices.sql).
 */
final class NoticeStore {
  /** Oldest first. */
  List<UntoldNotice> untold(Handle handle, int limit) {
    return handle
        .createQuery("select * from notice order by notice_id limit :limit")
        .bind("limit", limit)
        .map(
            (row, context) ->
                UntoldNotice.newBuilder()
                    .setId(row.getLong("notice_id"))
                    .setWorkspaceId(row.getLong("workspace_id"))
                    .setChannelId(row.getLong("channel_id"))
                    .setTemplateId(row.getLong("template_id"))
                    .setName(row.getString("name"))
                    .setField(UntoldNotice.Field.valueOf(row.getString("field")))
                    .setOldValue(row.getString("old_value"))
                    .setNewValue(row.getString("new_value"))
                    .setReason(row.getString("reason"))
                    .setTime(Protos.timestamp(Rows.time(row, "noticed_at")))
                    .build())
        .list();
  }

  /** Forgets what was taken. */
  void taken(Handle tx, List<Long> ids) {
    tx.createUpdate("delete from notice where notice_id = any (:ids)")
        .bind("ids", ids.stream().mapToLong(Long::longValue).toArray())
        .execute();
  }
}
