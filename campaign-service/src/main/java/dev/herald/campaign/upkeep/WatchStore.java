package dev.herald.campaign.upkeep;

import dev.herald.campaign.campaign.CampaignId;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Which campaign the watchdog looks after next. */
final class WatchStore {

  /**
   * One that was launched a silence ago and has not been looked after for a while.
   *
   * @param last how long after its end a campaign gets its last look: then its last message can
   *     have expired
   */
  Optional<CampaignId> next(Handle handle, Duration silence, Duration every, Duration last) {
    return handle
        .createQuery(
            """
            select campaign_id from campaign
             where launched_at < now() - make_interval(secs => :silence)
               and (watched_at is null
                    or watched_at < now() - make_interval(secs => :every)
                       and (ended_at is null
                            or watched_at < ended_at + make_interval(secs => :last)))
             order by watched_at nulls first, campaign_id
             limit 1
            """)
        .bind("silence", silence.toMillis() / 1000.0)
        .bind("every", every.toSeconds())
        .bind("last", last.toSeconds())
        .map((row, context) -> new CampaignId(row.getLong("campaign_id")))
        .findOne();
  }

  void watched(Handle handle, CampaignId id) {
    handle
        .createUpdate("update campaign set watched_at = now() where campaign_id = :id")
        .bind("id", id.value())
        .execute();
  }
}
