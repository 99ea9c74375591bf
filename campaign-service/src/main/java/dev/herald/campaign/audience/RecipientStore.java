package dev.herald.campaign.audience;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.sql.Rows;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Audiences and their recipients. */
public final class RecipientStore {
  private static final RowMapper<Recipient> RECIPIENT =
      (row, context) ->
          new Recipient(
              row.getInt("ordinal"),
              row.getLong("phone"),
              Rows.text(row, "name"),
              row.getString("country"),
              row.getInt("lot"),
              Rows.texts(row, "parameters"));

  /** Makes an empty audience for a campaign to be filled and adopted later. */
  public void create(Handle tx, long audience, CampaignId campaign) {
    tx.createUpdate("insert into audience (audience_id, campaign_id) values (:audience, :campaign)")
        .bind("audience", audience)
        .bind("campaign", campaign.value())
        .execute();
  }

  /** Fixes how many recipients an audience has and what its columns are. */
  public void complete(Handle tx, long audience, int recipients, List<String> columns) {
    tx.createUpdate(
            """
            update audience set recipients = :recipients, columns = :columns
             where audience_id = :audience
            """)
        .bind("audience", audience)
        .bind("recipients", recipients)
        .bindArray("columns", String.class, columns)
        .execute();
  }

  /** Makes an audience the campaign's; the one before is deleted in the background. */
  public void adopt(Handle tx, CampaignId campaign, long audience) {
    tx.createUpdate(
            """
            with discarded as (
              insert into discarded_audience (audience_id)
              select audience_id from campaign where campaign_id = :campaign
              on conflict do nothing
            )
            update campaign set audience_id = :audience, version = version + 1
             where campaign_id = :campaign
            """)
        .bind("campaign", campaign.value())
        .bind("audience", audience)
        .execute();
  }

  /** An audience that nobody will use. */
  public void discard(Handle tx, long audience) {
    tx.createUpdate(
            """
            with gone as (delete from audience where audience_id = :audience)
            insert into discarded_audience (audience_id) values (:audience)
            on conflict do nothing
            """)
        .bind("audience", audience)
        .execute();
  }

  /**
   * Deletes some recipients of discarded audiences.
   *
   * @return false when nothing is left to delete
   */
  public boolean sweepDiscarded(Handle tx, int limit) {
    Long audience =
        tx.createQuery(
                """
                select audience_id from discarded_audience d
                 where not exists (select from campaign c where c.audience_id = d.audience_id)
                 limit 1 for update skip locked
                """)
            .mapTo(Long.class)
            .findOne()
            .orElse(null);
    if (audience == null) {
      return false;
    }
    int deleted =
        tx.createUpdate(
                """
                delete from recipient
                 where audience_id = :audience
                   and ordinal in (select ordinal from recipient where audience_id = :audience
                                    order by ordinal limit :limit)
                """)
            .bind("audience", audience)
            .bind("limit", limit)
            .execute();
    if (deleted < limit) {
      tx.createUpdate(
              """
              with gone as (delete from audience where audience_id = :audience)
              delete from discarded_audience where audience_id = :audience
              """)
          .bind("audience", audience)
          .execute();
    }
    return true;
  }

  /**
   * Appends recipients to an audience and returns the first one's ordinal. The audience's row is
   * the lock that numbers them without a gap.
   */
  public int append(Handle tx, long audience, List<NewRecipient> recipients) {
    int first =
        tx.createQuery(
                """
                update audience set recipients = recipients + :count
                 where audience_id = :audience
                returning old.recipients as first
                """)
            .bind("audience", audience)
            .bind("count", recipients.size())
            .mapTo(Integer.class)
            .one();
    RecipientCopy copy = new RecipientCopy(audience);
    for (int i = 0; i < recipients.size(); i++) {
      copy.add(first + i, recipients.get(i));
    }
    copy.write(tx);
    return first;
  }

  /** Which of these numbers are in the audience already. */
  public Set<Long> present(Handle handle, long audience, Collection<Long> phones) {
    return handle
        .createQuery(
            """
            select phone from recipient
             where phone = any (:phones) and audience_id = :audience
            """)
        .bind("audience", audience)
        .bindArray("phones", Long.class, phones)
        .mapTo(Long.class)
        .set();
  }

  /**
   * Recipients by ordinal. Ordinals have no gaps, so a page is a range: it costs the same in an
   * audience of a million whatever PostgreSQL knows of a table that has just been filled.
   */
  public List<Recipient> list(Handle handle, long audience, int from, int below, int limit) {
    return handle
        .createQuery(
            """
            select * from recipient
             where audience_id = :audience and ordinal >= :from
               and ordinal < least(:below::bigint, :from::bigint + :limit)
             order by ordinal
            """)
        .bind("audience", audience)
        .bind("from", from)
        .bind("below", below)
        .bind("limit", limit)
        .map(RECIPIENT)
        .list();
  }

  public List<Recipient> named(Handle handle, long audience, Collection<Integer> ordinals) {
    return handle
        .createQuery(
            """
            select * from recipient
             where audience_id = :audience and ordinal = any (:ordinals)
             order by ordinal
            """)
        .bind("audience", audience)
        .bindArray("ordinals", Integer.class, ordinals)
        .map(RECIPIENT)
        .list();
  }

  /** How many recipients there are per country. */
  public Map<String, Integer> countries(Handle handle, long audience) {
    Map<String, Integer> counts = new TreeMap<>();
    handle
        .createQuery(
            """
            select country, count(*)::int as messages from recipient
             where audience_id = :audience
             group by country
            """)
        .bind("audience", audience)
        .map((row, context) -> Map.entry(row.getString("country"), row.getInt("messages")))
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  /**
   * How many recipients per country would be skipped now.
   *
   * @param onlyActive people who have not written within 24 hours would be skipped too
   */
  public Map<String, Integer> skippedNow(
      Handle handle, long workspace, long audience, boolean onlyActive) {
    Map<String, Integer> counts = new HashMap<>();
    handle
        .createQuery(
            onlyActive
                ? """
                select r.country, count(*)::int as messages
                  from recipient r
                  left join contact c on c.workspace_id = :workspace and c.phone = r.phone
                 where r.audience_id = :audience
                   and (r.phone is null or coalesce(c.opted_out, false)
                        or c.last_inbound_at is null
                        or c.last_inbound_at <= now() - interval '24 hours')
                 group by r.country
                """
                : """
                select country, count(*)::int as messages from (
                  select r.country from contact c
                    join recipient r on r.phone = c.phone and r.audience_id = :audience
                   where c.workspace_id = :workspace and c.opted_out
                   union all
                  select r.country from recipient r
                   where r.phone is null and r.audience_id = :audience
                ) as skipped
                 group by country
                """)
        .bind("workspace", workspace)
        .bind("audience", audience)
        .map((row, context) -> Map.entry(row.getString("country"), row.getInt("messages")))
        .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
    return counts;
  }

  /** How many of an audience are opted out now. */
  public int optedOut(Handle handle, long workspace, long audience) {
    return handle
        .createQuery(
            """
            select count(*)::int
              from contact c join recipient r on r.phone = c.phone and r.audience_id = :audience
             where c.workspace_id = :workspace and c.opted_out
            """)
        .bind("workspace", workspace)
        .bind("audience", audience)
        .mapTo(Integer.class)
        .one();
  }

  /**
   * How many recipients lack a value they must have.
   *
   * @param parameters positions, from 0
   */
  public int lacking(Handle handle, long audience, List<Integer> parameters, boolean name) {
    if (parameters.isEmpty() && !name) {
      return 0;
    }
    return handle
        .createQuery(
            """
            select count(*)::int from recipient
             where audience_id = :audience
               and phone is not null
               and ((:name and coalesce(name, '') = '')
                    or exists (select from unnest(cast(:parameters as integer[])) as p (position)
                                where coalesce(parameters[p.position + 1], '') = ''))
            """)
        .bind("audience", audience)
        .bind("name", name)
        .bindArray("parameters", Integer.class, parameters)
        .mapTo(Integer.class)
        .one();
  }
}
