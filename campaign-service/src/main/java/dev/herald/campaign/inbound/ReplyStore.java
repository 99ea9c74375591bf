package dev.herald.campaign.inbound;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Finds the message that somebody answers. */
final class ReplyStore {

  /** A message of ours. */
  record Answered(CampaignId campaign, Subject subject) {}

  /**
   * The last message a person got through this channel within the window before {@code time}, which
   * WhatsApp tells in whole seconds: an answering machine replies in the second of the launch.
   */
  Optional<Answered> last(
      Handle handle,
      WorkspaceId workspace,
      ChannelId channel,
      long phone,
      Instant time,
      Duration window) {
    Instant since = time.minus(window);
    return handle
        .createQuery(
            """
            select c.campaign_id, r.ordinal, r.country, coalesce(nullif(r.lot, 0), c.lot) as lot
              from recipient r
              join campaign c on c.audience_id = r.audience_id
              join campaign_cursor k on k.campaign_id = c.campaign_id
             where r.phone = :phone and c.workspace_id = :workspace and c.channel_id = :channel
               and not c.hidden and r.ordinal < k.next_ordinal
               and date_trunc('second', c.launched_at) <= :time
               and (c.type = 'API' and r.lot >= :sinceDay
                    or c.type = 'BROADCAST' and coalesce(c.ended_at, now()) >= :since)
             order by coalesce(nullif(r.lot, 0), to_char(c.launched_at, 'YYYYMMDD')::int) desc,
                      c.campaign_id desc, r.ordinal desc
             limit 1
            """)
        .bind("phone", phone)
        .bind("workspace", workspace.value())
        .bind("channel", channel.value())
        .bind("time", time)
        .bind("since", since)
        .bind("sinceDay", day(since))
        .map(
            (row, context) ->
                new Answered(
                    new CampaignId(row.getLong("campaign_id")),
                    new Subject(
                        row.getInt("ordinal"), row.getString("country"), row.getInt("lot"))))
        .findOne();
  }

  private static int day(Instant time) {
    var date = time.atZone(ZoneOffset.UTC).toLocalDate();
    return date.getYear() * 10_000 + date.getMonthValue() * 100 + date.getDayOfMonth();
  }
}
