package dev.herald.campaign.contact;

import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.rules.ChannelOpeningStore;
import dev.herald.campaign.rules.ContactMessageStore;
import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Erased people, and those of them who did not want messages: a keyed hash of the number is kept,
 * so that they stay left alone when somebody brings the number back.
 */
public final class ErasureStore {
  private final SecretBox box;
  private final ReplyStore replies;
  private final ContactMessageStore messages = new ContactMessageStore();
  private final ChannelOpeningStore openings = new ChannelOpeningStore();

  public ErasureStore(SecretBox box, ReplyStore replies) {
    this.box = box;
    this.replies = replies;
  }

  /**
   * Erases a person: afterwards no row of this service holds the number or the name.
   *
   * @return recipient rows that held the number
   */
  public int erase(Handle tx, WorkspaceId workspace, long phone) {
    lockExclusive(tx, workspace);
    boolean optedOut =
        tx.createQuery(
                """
                select opted_out from contact
                 where workspace_id = :workspace and phone = :phone
                """)
            .bind("workspace", workspace.value())
            .bind("phone", phone)
            .mapTo(Boolean.class)
            .findOne()
            .orElse(false);
    if (optedOut) {
      tx.createUpdate(
              """
              insert into erased_opt_out (workspace_id, phone_mac) values (:workspace, :mac)
              on conflict do nothing
              """)
          .bind("workspace", workspace.value())
          .bind("mac", hash(workspace, phone))
          .execute();
    }
    tx.createUpdate("delete from contact where workspace_id = :workspace and phone = :phone")
        .bind("workspace", workspace.value())
        .bind("phone", phone)
        .execute();
    replies.erase(tx, workspace, phone);
    messages.erase(tx, workspace, phone);
    openings.erase(tx, workspace, phone);
    // By audience, also those that are being filled or discarded just now.
    return tx.createUpdate(
            """
            update recipient r
               set phone = null, name = null, parameters = null
             where r.phone = :phone
               and exists (select from audience a join campaign c on c.campaign_id = a.campaign_id
                            where a.audience_id = r.audience_id and c.workspace_id = :workspace
                           union all
                           select from discarded_audience d where d.audience_id = r.audience_id)
            """)
        .bind("workspace", workspace.value())
        .bind("phone", phone)
        .execute();
  }

  private static void lockExclusive(Handle tx, WorkspaceId workspace) {
    tx.createQuery("select 1 from pg_advisory_xact_lock(:space, hashint8(:workspace))")
        .bind("space", ContactStore.LOCK_SPACE)
        .bind("workspace", workspace.value())
        .mapTo(Integer.class)
        .one();
  }

  // A person who was erased while opted out stays opted out when somebody brings the number back.
  void keepOptOuts(Handle tx, WorkspaceId workspace, List<Long> phones) {
    Set<Long> unwilling = optedOut(tx, workspace, phones);
    if (unwilling.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            update contact
               set opted_out = true, opt_out_source = 'by_user', opted_out_at = now(),
                   decided_at = now()
             where workspace_id = :workspace and phone = any (:phones) and not opted_out
            """)
        .bind("workspace", workspace.value())
        .bindArray("phones", Long.class, unwilling)
        .execute();
  }

  /** Those of the numbers whose person was erased while opted out. */
  public Set<Long> optedOut(Handle handle, WorkspaceId workspace, Collection<Long> phones) {
    boolean any =
        handle
            .createQuery(
                "select exists (select from erased_opt_out where workspace_id = :workspace)")
            .bind("workspace", workspace.value())
            .mapTo(Boolean.class)
            .one();
    if (!any || phones.isEmpty()) {
      return Set.of();
    }
    Map<String, Long> byHash = new HashMap<>();
    List<byte[]> hashes = new ArrayList<>();
    for (long phone : phones) {
      byte[] hash = hash(workspace, phone);
      hashes.add(hash);
      byHash.put(java.util.HexFormat.of().formatHex(hash), phone);
    }
    Set<Long> found = new HashSet<>();
    handle
        .createQuery(
            """
            select phone_mac from erased_opt_out
             where workspace_id = :workspace and phone_mac = any (:hashes)
            """)
        .bind("workspace", workspace.value())
        .bindArray("hashes", byte[].class, hashes)
        .map((row, context) -> java.util.HexFormat.of().formatHex(row.getBytes("phone_mac")))
        .forEach(hash -> found.add(java.util.Objects.requireNonNull(byHash.get(hash))));
    return found;
  }

  private byte[] hash(WorkspaceId workspace, long phone) {
    return box.hash("opt-out/" + workspace.value() + "/" + phone);
  }

  /** The person wants messages after all. */
  void forget(Handle tx, WorkspaceId workspace, long phone) {
    tx.createUpdate(
            "delete from erased_opt_out where workspace_id = :workspace and phone_mac = :mac")
        .bind("workspace", workspace.value())
        .bind("mac", hash(workspace, phone))
        .execute();
  }
}
