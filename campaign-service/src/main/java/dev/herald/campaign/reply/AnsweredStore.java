package dev.herald.campaign.reply;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Finds the message that somebody answers, or acts upon. */
public final class AnsweredStore {

  /** A message of ours. */
  public record Answered(CampaignId campaign, Subject subject) {}

  private static final RowMapper<Answered> ANSWERED =
      (row, context) ->
          new Answered(
              new CampaignId(row.getLong("campaign_id")),
              new Subject(row.getInt("ordinal"), row.getString("country"), row.getInt("lot")));

  /**
   * The last message a person got through this channel within the window before {@code time}, which
   * WhatsApp tells in whole seconds: an answering machine replies in the second of the launch.
   */
  public Optional<Answered> last(
      Handle handle,
      WorkspaceId workspace,
      ChannelId channel,
      long phone,
      Instant time,
      Duration window) {
    return last(handle, workspace, channel, phone, time, window, 1).stream().findFirst();
  }

  /** The last messages a person got through any channel of the workspace; newest first. */
  public List<Answered> lastOfAnyChannel(
      Handle handle, WorkspaceId workspace, long phone, Instant time, Duration window, int limit) {
    return last(handle, workspace, null, phone, time, window, limit);
  }

  private static List<Answered> last(
      Handle handle,
      WorkspaceId workspace,
      @Nullable ChannelId channel,
      long phone,
      Instant time,
      Duration window,
      int limit) {
    Instant since = time.minus(window);
    return handle
        .createQuery(
            """
            select c.campaign_id, r.ordinal, r.country, coalesce(nullif(r.lot, 0), c.lot) as lot
              from recipient r
              join campaign c on c.audience_id = r.audience_id
              join campaign_cursor k on k.campaign_id = c.campaign_id
             where r.phone = :phone and c.workspace_id = :workspace
               and (cast(:channel as bigint) is null or c.channel_id = :channel)
               and not c.hidden and r.ordinal < k.next_ordinal
               and date_trunc('second', c.launched_at) <= :time
               and (c.type = 'API' and r.lot >= :sinceDay
                    or c.type = 'BROADCAST' and coalesce(c.ended_at, now()) >= :since)
             order by coalesce(nullif(r.lot, 0), to_char(c.launched_at, 'YYYYMMDD')::int) desc,
                      c.campaign_id desc, r.ordinal desc
             limit :limit
            """)
        .bind("phone", phone)
        .bind("workspace", workspace.value())
        .bind("channel", channel == null ? null : channel.value())
        .bind("time", time)
        .bind("since", since)
        .bind("sinceDay", day(since))
        .bind("limit", limit)
        .map(ANSWERED)
        .list();
  }

  /** The message of this channel that WhatsApp knows by an id of this hash. */
  public Optional<Answered> quoted(
      Handle handle, WorkspaceId workspace, ChannelId channel, long whatsappHash) {
    return handle
        .createQuery(
            """
            select c.campaign_id, r.ordinal, r.country, coalesce(nullif(r.lot, 0), c.lot) as lot
              from sent_message s
              join campaign c on c.campaign_id = s.campaign_id
              join recipient r on r.audience_id = c.audience_id and r.ordinal = s.ordinal
             where s.whatsapp_hash = :hash and c.workspace_id = :workspace
               and c.channel_id = :channel and not c.hidden
            """)
        .bind("hash", whatsappHash)
        .bind("workspace", workspace.value())
        .bind("channel", channel.value())
        .map(ANSWERED)
        .findOne();
  }

  private static int day(Instant time) {
    var date = time.atZone(ZoneOffset.UTC).toLocalDate();
    return date.getYear() * 10_000 + date.getMonthValue() * 100 + date.getDayOfMonth();
  }
}
