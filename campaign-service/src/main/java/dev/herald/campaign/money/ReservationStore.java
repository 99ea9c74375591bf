package dev.herald.campaign.money;

import dev.herald.billing.v1.RecordUnattemptedRequest;
import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.outbox.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * What billing has set aside, line by line: {@code reserved} in all, of which {@code used} was
 * given to recipients and {@code unattempted} was given back. All three only grow, except that a
 * recipient who will not be attempted moves from used to unattempted.
 */
public final class ReservationStore {
  /** The outbox's topic for billing. */
  public static final String TOPIC = "unattempted";

  private static final RowMapper<UnattemptedTotal> UNATTEMPTED =
      (row, context) ->
          UnattemptedTotal.newBuilder()
              .setWorkspaceId(row.getLong("workspace_id"))
              .setCampaignId(row.getLong("campaign_id"))
              .setCountry(row.getString("country"))
              .setLot(row.getInt("lot"))
              .setVersion(row.getLong("version"))
              .setMessages(row.getInt("unattempted"))
              .build();

  /**
   * One line as it stands.
   *
   * @param askedAt when billing was last asked without a known answer
   */
  public record Standing(
      CampaignId campaign,
      WorkspaceId workspace,
      String category,
      Line line,
      int reserved,
      int used,
      int unattempted,
      @Nullable Instant askedAt) {
    public int spare() {
      return reserved - used - unattempted;
    }
  }

  private static final RowMapper<Standing> STANDING =
      (row, context) ->
          new Standing(
              new CampaignId(row.getLong("campaign_id")),
              new WorkspaceId(row.getLong("workspace_id")),
              row.getString("category"),
              new Line(row.getString("country"), row.getInt("lot")),
              row.getInt("reserved"),
              row.getInt("used"),
              row.getInt("unattempted"),
              Rows.instant(row, "asked_at"));

  /** Notes that billing is about to be asked for these lines; returns how each stands. */
  public Map<Line, Standing> ask(
      Handle tx,
      WorkspaceId workspace,
      CampaignId campaign,
      String category,
      Collection<Line> lines) {
    Map<Line, Standing> standings = new HashMap<>();
    List<Line> ordered = lines.stream().sorted(LINE_ORDER).toList();
    bindLines(
            tx.createQuery(
                """
                insert into reservation (campaign_id, country, lot, workspace_id, category, asked_at)
                select :campaign, country, lot, :workspace, :category, now()
                  from unnest(:countries, :lots) as line (country, lot)
                on conflict (campaign_id, country, lot) do update set asked_at = now()
                returning *
                """),
            ordered)
        .bind("campaign", campaign.value())
        .bind("workspace", workspace.value())
        .bind("category", category)
        .map(STANDING)
        .forEach(standing -> standings.put(standing.line(), standing));
    return standings;
  }

  /** Stores what billing answered: the totals it holds now. */
  public void answered(Handle tx, CampaignId campaign, Map<Line, Integer> totals) {
    List<Line> ordered = totals.keySet().stream().sorted(LINE_ORDER).toList();
    tx.createUpdate(
            """
            update reservation r
               set reserved = greatest(r.reserved, line.total), asked_at = null
              from unnest(:countries, :lots, :totals) as line (country, lot, total)
             where r.campaign_id = :campaign and r.country = line.country and r.lot = line.lot
            """)
        .bind("campaign", campaign.value())
        .bindArray("countries", String.class, ordered.stream().map(Line::country).toList())
        .bindArray("lots", Integer.class, ordered.stream().map(Line::lot).toList())
        .bindArray("totals", Integer.class, ordered.stream().map(totals::get).toList())
        .execute();
  }

  /** Billing has certainly reserved nothing of what was asked last. */
  public void refused(Handle tx, CampaignId campaign, Collection<Line> lines) {
    List<Line> ordered = lines.stream().sorted(LINE_ORDER).toList();
    tx.createUpdate(
            """
            update reservation r set asked_at = null
              from unnest(:countries, :lots) as line (country, lot)
             where r.campaign_id = :campaign and r.country = line.country and r.lot = line.lot
            """)
        .bind("campaign", campaign.value())
        .bindArray("countries", String.class, ordered.stream().map(Line::country).toList())
        .bindArray("lots", Integer.class, ordered.stream().map(Line::lot).toList())
        .execute();
  }

  /**
   * Takes the money of {@code messages} recipients, if that much is set aside.
   *
   * @return false if not; nothing is taken then
   */
  public boolean take(Handle tx, CampaignId campaign, Line line, int messages) {
    return tx.createUpdate(
                """
                update reservation
                   set used = used + :messages, used_at = now()
                 where campaign_id = :campaign and country = :country and lot = :lot
                   and reserved - unattempted - used >= :messages
                """)
            .bind("campaign", campaign.value())
            .bind("country", line.country())
            .bind("lot", line.lot())
            .bind("messages", messages)
            .execute()
        > 0;
  }

  /** Locks these lines of a campaign and says how they stand. */
  public List<Standing> lock(Handle tx, CampaignId campaign, Collection<Line> lines) {
    List<Line> ordered = lines.stream().sorted(LINE_ORDER).toList();
    return bindLines(
            tx.createQuery(
                """
                select r.*
                  from reservation r
                  join unnest(:countries, :lots) as line (country, lot)
                    on r.country = line.country and r.lot = line.lot
                 where r.campaign_id = :campaign
                 order by r.country, r.lot
                   for no key update of r
                """),
            ordered)
        .bind("campaign", campaign.value())
        .map(STANDING)
        .list();
  }

  /** Gives money of locked lines to recipients; the lines have that much to spare. */
  public void use(Handle tx, CampaignId campaign, Map<Line, Integer> messages) {
    List<Line> ordered = messages.keySet().stream().sorted(LINE_ORDER).toList();
    tx.createUpdate(
            """
            update reservation r
               set used = r.used + line.messages, used_at = now()
              from unnest(:countries, :lots, :messages) as line (country, lot, messages)
             where r.campaign_id = :campaign and r.country = line.country and r.lot = line.lot
            """)
        .bind("campaign", campaign.value())
        .bindArray("countries", String.class, ordered.stream().map(Line::country).toList())
        .bindArray("lots", Integer.class, ordered.stream().map(Line::lot).toList())
        .bindArray("messages", Integer.class, ordered.stream().map(messages::get).toList())
        .execute();
  }

  /** Gives back what is set aside for a campaign and not used. */
  public void releaseSpare(Handle tx, CampaignId campaign) {
    tell(
        tx,
        tx.createQuery(
                """
                update reservation
                   set unattempted = reserved - used, version = version + 1
                 where campaign_id = :campaign and reserved > used + unattempted
                returning *
                """)
            .bind("campaign", campaign.value())
            .map(UNATTEMPTED)
            .list());
  }

  /** Gives back the spare of one line, unless billing is being asked for it just now. */
  public void releaseSpare(Handle tx, CampaignId campaign, Line line) {
    tell(
        tx,
        tx.createQuery(
                """
                update reservation
                   set unattempted = reserved - used, version = version + 1
                 where campaign_id = :campaign and country = :country and lot = :lot
                   and reserved > used + unattempted and asked_at is null
                returning *
                """)
            .bind("campaign", campaign.value())
            .bind("country", line.country())
            .bind("lot", line.lot())
            .map(UNATTEMPTED)
            .list());
  }

  /**
   * Gives back the money of recipients who will never be attempted: those from the cursor on and
   * those that wait for a retry. To be called once, when nothing of the campaign is under way.
   */
  public void releaseUnattempted(Handle tx, CampaignId campaign) {
    Map<Line, Integer> left = new TreeMap<>(LINE_ORDER);
    tx.createQuery(
            """
            select r.country, coalesce(nullif(r.lot, 0), c.lot) as lot, count(*)::int as messages
              from campaign c
              left join campaign_cursor k on k.campaign_id = c.campaign_id
              cross join lateral (
                select country, lot from recipient
                 where audience_id = c.audience_id and ordinal >= coalesce(k.next_ordinal, 0)
                 union all
                select recipient.country, recipient.lot
                  from retry
                  join recipient on recipient.audience_id = c.audience_id
                                and recipient.ordinal = retry.ordinal
                 where retry.campaign_id = c.campaign_id
              ) as r
             where c.campaign_id = :campaign
             group by 1, 2
            """)
        .bind("campaign", campaign.value())
        .map(
            (row, context) ->
                Map.entry(
                    new Line(row.getString("country"), row.getInt("lot")), row.getInt("messages")))
        .forEach(entry -> left.put(entry.getKey(), entry.getValue()));
    List<Line> lines = List.copyOf(left.keySet());
    tx.createUpdate(
            """
            update reservation r
               set used = r.used - line.messages, unattempted = r.unattempted + line.messages,
                   version = r.version + 1
              from unnest(:countries, :lots, :messages) as line (country, lot, messages)
             where r.campaign_id = :campaign and r.country = line.country and r.lot = line.lot
            """)
        .bind("campaign", campaign.value())
        .bindArray("countries", String.class, lines.stream().map(Line::country).toList())
        .bindArray("lots", Integer.class, lines.stream().map(Line::lot).toList())
        .bindArray("messages", Integer.class, lines.stream().map(left::get).toList())
        .execute();
    tell(
        tx,
        tx.createQuery(
                "select * from reservation where campaign_id = :campaign and unattempted > 0")
            .bind("campaign", campaign.value())
            .map(UNATTEMPTED)
            .list());
  }

  /** Lines about which billing was asked long ago and never answered. */
  public List<Standing> unanswered(Handle handle, Duration age, int limit) {
    return handle
        .createQuery(
            """
            select * from reservation
             where asked_at < now() - make_interval(secs => :age)
             order by asked_at
             limit :limit
            """)
        .bind("age", age.toSeconds())
        .bind("limit", limit)
        .map(STANDING)
        .list();
  }

  /** Lines of API campaigns with money set aside that nobody has used for a while. */
  public List<Standing> idleSpare(Handle handle, Duration age, int today, int limit) {
    return handle
        .createQuery(
            """
            select r.*
              from reservation r join campaign c using (campaign_id)
             where r.reserved > r.used + r.unattempted and r.asked_at is null and c.type = 'API'
               and (r.used_at < now() - make_interval(secs => :age) or r.lot < :today)
             limit :limit
            """)
        .bind("age", age.toSeconds())
        .bind("today", today)
        .bind("limit", limit)
        .map(STANDING)
        .list();
  }

  /** How the lines of a campaign stand. */
  public List<Standing> standings(Handle handle, CampaignId campaign) {
    return handle
        .createQuery(
            "select * from reservation where campaign_id = :campaign order by country, lot")
        .bind("campaign", campaign.value())
        .map(STANDING)
        .list();
  }

  private static void tell(Handle tx, List<UnattemptedTotal> totals) {
    if (!totals.isEmpty()) {
      Outbox.append(
          tx,
          TOPIC,
          RecordUnattemptedRequest.newBuilder().addAllTotals(totals).build().toByteArray());
    }
  }

  private static Query bindLines(Query query, List<Line> lines) {
    return query
        .bindArray("countries", String.class, lines.stream().map(Line::country).toList())
        .bindArray("lots", Integer.class, lines.stream().map(Line::lot).toList());
  }

  // Locks are taken in this order, or two transactions could wait for each other.
  private static final java.util.Comparator<Line> LINE_ORDER =
      java.util.Comparator.comparing(Line::country).thenComparingInt(Line::lot);
}
