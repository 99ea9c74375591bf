package dev.herald.campaign.reply;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What people answered, and how many messages were answered how. */
public final class ReplyStore {
  private static final int KEPT_OF_ONE_MESSAGE = 20;
  private static final int MOST_COUNTS = 100;

  /** How many messages were answered by a button, or in words (""). */
  record Count(String button, int messages) {}

  /** A reply and who gave it; phone 0 and name "" for an erased person. */
  record Shown(Reply reply, long phone, String name) {}

  /** Where a page begins: behind this reply. */
  record Place(Instant time, int ordinal, long whatsappHash) {}

  /**
   * Stores a reply and counts it, once for its message and button. The same reply again changes
   * nothing. Two replies of one person must not be stored at once: the caller holds the contact.
   */
  public void add(Handle tx, CampaignId campaign, Reply reply) {
    tx.createUpdate(
            """
            with others as materialized (
              select count(*) as kept, coalesce(bool_or(button = :button), false) as counted
                from reply where campaign_id = :campaign and ordinal = :ordinal),
            added as (
              insert into reply (campaign_id, ordinal, whatsapp_hash, replied_at, button, text)
              select :campaign, :ordinal, :hash, :time, :button, :text
                from others where kept < :most
              on conflict do nothing
              returning button)
            insert into reply_count as c (campaign_id, button, messages)
            select :campaign, button, 1 from added, others
             where not counted
               and ((select count(*) from reply_count where campaign_id = :campaign) < :counts
                    or exists (select from reply_count
                                where campaign_id = :campaign and button = :button))
            on conflict (campaign_id, button) do update set messages = c.messages + 1
            """)
        .bind("campaign", campaign.value())
        .bind("ordinal", reply.ordinal())
        .bind("hash", reply.whatsappHash())
        .bind("time", reply.time())
        .bind("button", reply.button())
        .bind("text", reply.text())
        .bind("most", KEPT_OF_ONE_MESSAGE)
        .bind("counts", MOST_COUNTS)
        .execute();
  }

  List<Count> counts(Handle handle, CampaignId campaign) {
    return handle
        .createQuery(
            """
            select button, messages from reply_count where campaign_id = :campaign
             order by messages desc, button
            """)
        .bind("campaign", campaign.value())
        .map((row, context) -> new Count(row.getString("button"), row.getInt("messages")))
        .list();
  }

  List<Shown> list(
      Handle handle, CampaignId campaign, long audience, @Nullable Place after, int limit) {
    return handle
        .createQuery(
            """
            select p.*, coalesce(r.phone, 0) as phone, r.name
              from reply p
              left join recipient r on r.audience_id = :audience and r.ordinal = p.ordinal
             where p.campaign_id = :campaign
               and (cast(:time as timestamptz) is null or p.replied_at < :time
                    or p.replied_at = :time and (p.ordinal, p.whatsapp_hash) > (:ordinal, :hash))
             order by p.replied_at desc, p.ordinal, p.whatsapp_hash
             limit :limit
            """)
        .bind("campaign", campaign.value())
        .bind("audience", audience)
        .bind("time", after == null ? null : after.time())
        .bind("ordinal", after == null ? 0 : after.ordinal())
        .bind("hash", after == null ? 0 : after.whatsappHash())
        .bind("limit", limit)
        .map(
            (row, context) ->
                new Shown(
                    new Reply(
                        row.getInt("ordinal"),
                        row.getLong("whatsapp_hash"),
                        Rows.time(row, "replied_at"),
                        row.getString("button"),
                        row.getString("text")),
                    row.getLong("phone"),
                    Rows.text(row, "name")))
        .list();
  }

  /** Removes the words of a person from every campaign of the workspace. */
  public void erase(Handle tx, WorkspaceId workspace, long phone) {
    tx.createUpdate(
            """
            update reply p set text = ''
              from recipient r join campaign c on c.audience_id = r.audience_id
             where r.phone = :phone and c.workspace_id = :workspace
               and p.campaign_id = c.campaign_id and p.ordinal = r.ordinal and p.text <> ''
            """)
        .bind("phone", phone)
        .bind("workspace", workspace.value())
        .execute();
  }

  /** Removes a part of the words older than {@code kept}; from how many replies. */
  public int forgetOld(Handle handle, Duration kept, int limit) {
    return handle
        .createUpdate(
            """
            update reply set text = ''
             where (campaign_id, ordinal, whatsapp_hash) in
                   (select campaign_id, ordinal, whatsapp_hash from reply
                     where text <> '' and replied_at < now() - make_interval(secs => :seconds)
                     order by replied_at limit :limit)
            """)
        .bind("seconds", kept.toSeconds())
        .bind("limit", limit)
        .execute();
  }
}
