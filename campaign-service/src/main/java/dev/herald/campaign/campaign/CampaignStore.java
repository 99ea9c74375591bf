package dev.herald.campaign.campaign;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.database.DatabaseErrors;
import dev.herald.runtime.trace.Traceparent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** Campaigns, one by one; lists of them are in {@link CampaignListStore}. */
public final class CampaignStore {
  private static final String UNIQUE_VIOLATION = "23505";

  static final String SELECT =
      """
      select c.*, extract(epoch from c.start_grace)::bigint as grace_seconds,
             extract(epoch from c.finish_within)::bigint as within_seconds,
             a.recipients, a.columns as audience_columns,
             coalesce(k.next_ordinal, 0) as next_ordinal,
             t.name as template_name, t.language as template_language,
             ch.simulated, coalesce(w.time_zone, 'UTC') as time_zone
        from campaign c
        join audience a using (audience_id)
        join channel ch on ch.channel_id = c.channel_id
        left join campaign_cursor k on k.campaign_id = c.campaign_id
        left join template t on t.template_id = c.template_id
        left join workspace w on w.workspace_id = c.workspace_id
      """;

  static final RowMapper<Campaign> CAMPAIGN =
      (row, context) ->
          new Campaign(
              new CampaignId(row.getLong("campaign_id")),
              new WorkspaceId(row.getLong("workspace_id")),
              row.getString("name"),
              CampaignType.valueOf(row.getString("type")),
              MessageType.valueOf(row.getString("message_type")),
              CampaignStatus.valueOf(row.getString("status")),
              pause(row),
              new ChannelId(row.getLong("channel_id")),
              ContentJson.read(row.getString("content")),
              Rows.text(row, "template_name"),
              Rows.text(row, "template_language"),
              row.getInt("max_rate"),
              Duration.ofSeconds(row.getLong("within_seconds")),
              row.getString("default_region"),
              Rows.instant(row, "start_at"),
              Duration.ofSeconds(row.getLong("grace_seconds")),
              Rows.time(row, "created_at"),
              Rows.instant(row, "launched_at"),
              Rows.instant(row, "ended_at"),
              row.getString("created_by"),
              row.getString("launched_by"),
              row.getLong("version"),
              row.getLong("audience_id"),
              row.getInt("lot"),
              category(row),
              row.getString("charge_basis"),
              row.getBoolean("hidden"),
              Columns.of(Rows.names(row, "audience_columns")),
              row.getInt("recipients"),
              row.getInt("next_ordinal"),
              row.getBoolean("simulated"),
              row.getString("time_zone"));

  private static @Nullable PauseReason pause(ResultSet row) throws SQLException {
    String kind = row.getString("pause_kind");
    return kind == null
        ? null
        : new PauseReason(
            PauseReason.Kind.valueOf(kind),
            Rows.text(row, "pause_message"),
            row.getInt("pause_code"),
            Rows.time(row, "paused_at"));
  }

  private static @Nullable MessageCategory category(ResultSet row) throws SQLException {
    String category = row.getString("category");
    return category == null ? null : MessageCategory.valueOf(category);
  }

  /** A campaign that does not exist yet. */
  public record Draft(
      CampaignId id,
      WorkspaceId workspace,
      String name,
      CampaignType type,
      MessageType messageType,
      ChannelId channel,
      @Nullable Long template,
      Content content,
      int maxRate,
      Duration finishWithin,
      String defaultRegion,
      Duration startGrace,
      Actor createdBy) {}

  /**
   * Stores a DRAFT with an empty audience, which has the campaign's own id: API campaigns keep it.
   *
   * @throws HeraldException ALREADY_EXISTS if an API campaign of that name is not stopped yet
   */
  public void insert(Handle tx, Draft draft) {
    onTakenName(
        () ->
            tx.createUpdate(
                    """
                    with created as (
                      insert into audience (audience_id, campaign_id) values (:id, :id)
                    )
                    insert into campaign (campaign_id, workspace_id, name, type, message_type, status,
                           channel_id, template_id, content, max_rate, finish_within,
                           default_region, start_grace, created_by, audience_id)
                    values (:id, :workspace, :name, :type, :messageType, 'DRAFT',
                           :channel, :template, cast(:content as jsonb), :maxRate, make_interval(secs => :within),
                           :region, make_interval(secs => :grace), :createdBy, :id)
                    """)
                .bind("id", draft.id().value())
                .bind("workspace", draft.workspace().value())
                .bind("name", draft.name())
                .bind("type", draft.type().name())
                .bind("messageType", draft.messageType().name())
                .bind("channel", draft.channel().value())
                .bind("template", draft.template())
                .bind("content", ContentJson.write(draft.content()))
                .bind("maxRate", draft.maxRate())
                .bind("within", draft.finishWithin().toSeconds())
                .bind("region", draft.defaultRegion())
                .bind("grace", draft.startGrace().toSeconds())
                .bind("createdBy", draft.createdBy().name())
                .execute());
  }

  public Optional<Campaign> find(Handle handle, WorkspaceId workspace, CampaignId id) {
    return handle
        .createQuery(
            SELECT + "where c.campaign_id = :id and c.workspace_id = :workspace and not c.hidden")
        .bind("id", id.value())
        .bind("workspace", workspace.value())
        .map(CAMPAIGN)
        .findOne();
  }

  /** The campaign, or NOT_FOUND, as if another workspace's did not exist. */
  public Campaign require(Handle handle, WorkspaceId workspace, CampaignId id) {
    return find(handle, workspace, id).orElseThrow(() -> notFound(id));
  }

  /** A campaign of any workspace, for Herald's own work. */
  public Optional<Campaign> find(Handle handle, CampaignId id) {
    return handle
        .createQuery(SELECT + "where c.campaign_id = :id")
        .bind("id", id.value())
        .map(CAMPAIGN)
        .findOne();
  }

  /** When the first of those is tried who wait, if they are all who are left of a LIVE campaign. */
  public Optional<Instant> nextAttempt(Handle handle, CampaignId id) {
    return handle
        .createQuery(
            """
            select min(r.not_before) as first
              from campaign c
              join audience a using (audience_id)
              join campaign_cursor k on k.campaign_id = c.campaign_id
              join retry r on r.campaign_id = c.campaign_id
             where c.campaign_id = :id and c.status = 'LIVE' and k.next_ordinal >= a.recipients
            having min(r.not_before) > now()
            """)
        .bind("id", id.value())
        .map((row, context) -> Rows.time(row, "first"))
        .findOne();
  }

  /** A LIVE campaign of Herald's own, by its name. */
  public Optional<Campaign> findHidden(Handle handle, WorkspaceId workspace, String name) {
    return handle
        .createQuery(
            SELECT
                + """
                where c.workspace_id = :workspace and c.hidden and c.status = 'LIVE'
                  and c.name = :name
                """)
        .bind("workspace", workspace.value())
        .bind("name", name)
        .map(CAMPAIGN)
        .findFirst();
  }

  /** Makes a campaign one of Herald's own. */
  public void hide(Handle tx, CampaignId id) {
    tx.createUpdate("update campaign set hidden = true where campaign_id = :id")
        .bind("id", id.value())
        .execute();
  }

  /**
   * Keeps everybody else from changing the campaign until the transaction ends; waits for claims
   * under way, which hold it share-locked. The campaign must be read after this, not before.
   *
   * @return false if there is no such campaign
   */
  public boolean lock(Handle tx, CampaignId id) {
    return tx.createQuery("select 1 from campaign where campaign_id = :id for no key update")
        .bind("id", id.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Locks and reads, or NOT_FOUND. */
  public Campaign lockAndRequire(Handle tx, WorkspaceId workspace, CampaignId id) {
    require(tx, workspace, id);
    lock(tx, id);
    return require(tx, workspace, id);
  }

  /** Changes what is given of a DRAFT; null stays. */
  public void updateDraft(
      Handle tx,
      CampaignId id,
      @Nullable String name,
      @Nullable Content content,
      @Nullable MessageType messageType,
      @Nullable Integer maxRate,
      @Nullable Duration finishWithin,
      @Nullable String defaultRegion,
      @Nullable Duration startGrace,
      @Nullable ChannelId channel) {
    Long template = content instanceof Content.TemplateContent t ? t.template().value() : null;
    onTakenName(
        () ->
            tx.createUpdate(
                    """
                    update campaign
                       set name = coalesce(:name, name),
                           content = coalesce(cast(:content as jsonb), content),
                           template_id = case when cast(:content as text) is null then template_id
                                              else :template end,
                           message_type = coalesce(:messageType, message_type),
                           max_rate = coalesce(:maxRate, max_rate),
                           finish_within = coalesce(make_interval(secs => :within), finish_within),
                           default_region = coalesce(:region, default_region),
                           start_grace = coalesce(make_interval(secs => :grace), start_grace),
                           channel_id = coalesce(:channel, channel_id),
                           version = version + 1
                     where campaign_id = :id and status = 'DRAFT'
                    """)
                .bind("id", id.value())
                .bind("name", name)
                .bind("content", content == null ? null : ContentJson.write(content))
                .bind("template", template)
                .bind("messageType", messageType == null ? null : messageType.name())
                .bind("maxRate", maxRate)
                .bind("within", finishWithin == null ? null : finishWithin.toSeconds())
                .bind("region", defaultRegion)
                .bind("grace", startGrace == null ? null : startGrace.toSeconds())
                .bind("channel", channel == null ? null : channel.value())
                .execute());
  }

  /** Something about the campaign changed that stands in another row. */
  public void touch(Handle tx, CampaignId id) {
    tx.createUpdate("update campaign set version = version + 1 where campaign_id = :id")
        .bind("id", id.value())
        .execute();
  }

  /**
   * Stores a decided transition and its history. The row must be locked.
   *
   * @param pause set exactly if the new status is PAUSED
   */
  public void transition(
      Handle tx, Campaign campaign, CampaignStatus to, @Nullable PauseReason pause, Actor by) {
    tx.createUpdate(
            """
            with history as (
              insert into status_change (campaign_id, from_status, to_status, changed_by, reason)
              values (:id, :from, :to, :by, :reason)
            )
            update campaign
               set status = :to, version = version + 1,
                   pause_kind = :kind, pause_message = nullif(:message, ''), pause_code = :code,
                   paused_at = case when cast(:kind as text) is null then null else now() end,
                   ended_at = case when :ended then now() end
             where campaign_id = :id
            """)
        .bind("id", campaign.id().value())
        .bind("from", campaign.status().name())
        .bind("to", to.name())
        .bind("by", by.name())
        .bind("reason", pause == null || !by.equals(Actor.HERALD) ? "" : pause.message())
        .bind("kind", pause == null ? null : pause.kind().name())
        .bind("message", pause == null ? "" : pause.message())
        .bind("code", pause == null ? 0 : pause.errorCode())
        .bind("ended", to.isFinal())
        .execute();
  }

  /** Stores what a launch fixes; the transition follows. */
  public void launched(
      Handle tx,
      CampaignId id,
      MessageCategory category,
      @Nullable String chargeBasis,
      @Nullable Instant startAt,
      Actor by) {
    tx.createUpdate(
            """
            with cursor_row as (
              insert into campaign_cursor (campaign_id) values (:id) on conflict do nothing
            )
            update campaign
               set category = :category, charge_basis = coalesce(:basis, charge_basis),
                   start_at = :startAt, launched_at = coalesce(launched_at, now()),
                   launched_by = :by, launch_trace = nullif(:trace, '')
             where campaign_id = :id
            """)
        .bind("id", id.value())
        .bind("category", category.name())
        .bind("basis", chargeBasis)
        .bind("startAt", startAt)
        .bind("by", by.name())
        .bind("trace", Traceparent.current())
        .execute();
  }

  /** Traceparent of the launch; "" if that was not recorded. */
  public String launchTrace(Handle handle, CampaignId id) {
    return handle
        .createQuery("select coalesce(launch_trace, '') from campaign where campaign_id = :id")
        .bind("id", id.value())
        .mapTo(String.class)
        .findOne()
        .orElse("");
  }

  /** Fixes the price line before anybody is asked for money. */
  public void fixLot(Handle tx, CampaignId id, int lot) {
    tx.createUpdate("update campaign set lot = :lot where campaign_id = :id")
        .bind("id", id.value())
        .bind("lot", lot)
        .execute();
  }

  public void fixChargeBasis(Handle tx, CampaignId id, String basis) {
    tx.createUpdate(
            """
            update campaign set charge_basis = :basis, version = version + 1
             where campaign_id = :id and charge_basis is null
            """)
        .bind("id", id.value())
        .bind("basis", basis)
        .execute();
  }

  public void fixCategory(Handle tx, CampaignId id, MessageCategory category) {
    tx.createUpdate("update campaign set category = :category where campaign_id = :id")
        .bind("id", id.value())
        .bind("category", category.name())
        .execute();
  }

  /** Deletes a DRAFT; its recipients are deleted in the background. */
  public void delete(Handle tx, Campaign campaign) {
    tx.createUpdate(
            """
            with gone as (
              insert into discarded_audience (audience_id)
              select audience_id from audience where campaign_id = :id
               union
              select audience_id from audience_import where campaign_id = :id
              on conflict do nothing
            )
            delete from campaign where campaign_id = :id and status = 'DRAFT'
            """)
        .bind("id", campaign.id().value())
        .execute();
  }

  public static HeraldException notFound(CampaignId id) {
    return HeraldException.notFound(
        "CAMPAIGN_NOT_FOUND", "There is no campaign " + id.value() + ".");
  }

  private static void onTakenName(Runnable statement) {
    try {
      statement.run();
    } catch (UnableToExecuteStatementException e) {
      if (DatabaseErrors.sqlState(e).filter(UNIQUE_VIOLATION::equals).isPresent()) {
        throw HeraldException.alreadyExists(
            "CAMPAIGN_NAME_TAKEN",
            "Another API campaign that is not stopped has this name. Choose another.");
      }
      throw e;
    }
  }
}
