package dev.herald.campaign.reply;

import dev.herald.campaign.campaign.CampaignId;
import java.util.Collection;
import org.jdbi.v3.core.Handle;

/** Which message WhatsApp's id means. */
public final class SentMessageStore {
  /** How long a message can be found by the reply that quotes it. */
  static final int KEPT_DAYS = 30;

  /** A message that WhatsApp took, and the hash of the id it gave it. */
  public record Sent(int ordinal, long whatsappHash) {}

  /** Remembers what WhatsApp took. The same id again changes nothing. */
  public void remember(Handle tx, CampaignId campaign, Collection<Sent> sent) {
    if (sent.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into sent_message (whatsapp_hash, campaign_id, ordinal)
            select hash, :campaign, ordinal from unnest(:hashes, :ordinals) as s (hash, ordinal)
            on conflict do nothing
            """)
        .bind("campaign", campaign.value())
        .bindArray("hashes", Long.class, sent.stream().map(Sent::whatsappHash).toList())
        .bindArray("ordinals", Integer.class, sent.stream().map(Sent::ordinal).toList())
        .execute();
  }

  /** Forgets a part of what is too old; how many it forgot. */
  public int forgetOld(Handle handle, int limit) {
    return handle
        .createUpdate(
            """
            delete from sent_message
             where ctid = any (array(select ctid from sent_message
                                      where sent_on < current_date - :days limit :limit))
            """)
        .bind("days", KEPT_DAYS)
        .bind("limit", limit)
        .execute();
  }
}
