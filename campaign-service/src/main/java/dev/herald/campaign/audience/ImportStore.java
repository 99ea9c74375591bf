package dev.herald.campaign.audience;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Readings of audiences, and the rows they left out. */
public final class ImportStore {
  /** An import that has not been heard of for so long has lost its process. */
  static final Duration LOST = Duration.ofSeconds(60);

  private static final RowMapper<AudienceImport> IMPORT =
      (row, context) ->
          new AudienceImport(
              row.getLong("audience_id"),
              AudienceImport.State.valueOf(row.getString("state")),
              row.getInt("rows"),
              row.getInt("accepted"),
              row.getInt("duplicates"),
              row.getInt("rejected"),
              row.getInt("opted_out"),
              Rows.names(row, "columns"),
              row.getLong("total_bytes"),
              row.getLong("read_bytes"),
              row.getString("failure_reason"),
              row.getString("failure_message"),
              Rows.time(row, "started_at"),
              Rows.instant(row, "ended_at"));

  private static final RowMapper<RowError> ROW_ERROR =
      (row, context) ->
          new RowError(
              row.getInt("row_number"),
              row.getString("column_name"),
              row.getString("reason"),
              row.getString("message"));

  /** How far a reading is. */
  public record Progress(int rows, int accepted, int duplicates, int rejected, long readBytes) {}

  /** Recipients of an audience that are to become contacts: those from {@code done} on. */
  record ContactWork(
      long audience,
      WorkspaceId workspace,
      int done,
      int accepted,
      List<String> columns,
      List<String> tags) {}

  public void start(
      Handle tx,
      WorkspaceId workspace,
      CampaignId campaign,
      long audience,
      long totalBytes,
      List<String> tags) {
    tx.createUpdate(
            """
            insert into audience_import (audience_id, campaign_id, workspace_id, state, total_bytes, tags)
            values (:audience, :campaign, :workspace, 'RUNNING', :totalBytes, :tags)
            """)
        .bind("audience", audience)
        .bind("campaign", campaign.value())
        .bind("workspace", workspace.value())
        .bind("totalBytes", totalBytes)
        .bindArray("tags", String.class, tags)
        .execute();
  }

  /** True while another reading of the campaign's audience is under way. */
  public boolean isRunning(Handle handle, CampaignId campaign) {
    return handle
        .createQuery(
            """
            select exists (select from audience_import
                            where campaign_id = :campaign and state = 'RUNNING'
                              and heard_at > now() - make_interval(secs => :lost))
            """)
        .bind("campaign", campaign.value())
        .bind("lost", LOST.toSeconds())
        .mapTo(Boolean.class)
        .one();
  }

  public void columns(Handle tx, long audience, List<String> columns) {
    tx.createUpdate("update audience_import set columns = :columns where audience_id = :audience")
        .bind("audience", audience)
        .bindArray("columns", String.class, columns)
        .execute();
  }

  /** Notes progress; false if the reading was given up meanwhile. */
  public boolean progress(Handle tx, long audience, Progress progress) {
    return tx.createUpdate(
                """
                update audience_import
                   set rows = :rows, accepted = :accepted, duplicates = :duplicates,
                       rejected = :rejected, read_bytes = :readBytes, heard_at = now()
                 where audience_id = :audience and state = 'RUNNING'
                """)
            .bind("audience", audience)
            .bind("rows", progress.rows())
            .bind("accepted", progress.accepted())
            .bind("duplicates", progress.duplicates())
            .bind("rejected", progress.rejected())
            .bind("readBytes", progress.readBytes())
            .execute()
        > 0;
  }

  /** Stores rows that were left out. */
  public void addErrors(Handle tx, long audience, List<RowError> errors) {
    if (errors.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into row_error (audience_id, row_number, column_name, reason, message)
            select :audience, error.*
              from unnest(:rows, :columns, :reasons, :messages) as error
            on conflict do nothing
            """)
        .bind("audience", audience)
        .bindArray("rows", Integer.class, errors.stream().map(RowError::row).toList())
        .bindArray("columns", String.class, errors.stream().map(RowError::column).toList())
        .bindArray("reasons", String.class, errors.stream().map(RowError::reason).toList())
        .bindArray("messages", String.class, errors.stream().map(RowError::message).toList())
        .execute();
  }

  /** The reading is over; false if it was given up meanwhile. */
  public boolean done(Handle tx, long audience, int optedOut) {
    return tx.createUpdate(
                """
                update audience_import
                   set state = 'DONE', opted_out = :optedOut, ended_at = now()
                 where audience_id = :audience and state = 'RUNNING'
                """)
            .bind("audience", audience)
            .bind("optedOut", optedOut)
            .execute()
        > 0;
  }

  public void failed(Handle tx, long audience, String reason, String message) {
    tx.createUpdate(
            """
            update audience_import
               set state = 'FAILED', failure_reason = :reason, failure_message = :message,
                   ended_at = now()
             where audience_id = :audience and state = 'RUNNING'
            """)
        .bind("audience", audience)
        .bind("reason", reason)
        .bind("message", message)
        .execute();
  }

  /** Readings whose process has died; marked FAILED. Returns their audiences. */
  public List<Long> giveUpLost(Handle tx) {
    return tx.createQuery(
            """
            update audience_import
               set state = 'FAILED', failure_reason = 'IMPORT_INTERRUPTED', ended_at = now(),
                   failure_message = 'The upload broke off. Upload the file again.'
             where state = 'RUNNING' and heard_at <= now() - make_interval(secs => :lost)
            returning audience_id
            """)
        .bind("lost", LOST.toSeconds())
        .mapTo(Long.class)
        .list();
  }

  /** The last reading of a campaign. */
  public Optional<AudienceImport> last(Handle handle, CampaignId campaign) {
    return handle
        .createQuery(
            """
            select * from audience_import where campaign_id = :campaign
             order by audience_id desc limit 1
            """)
        .bind("campaign", campaign.value())
        .map(IMPORT)
        .findOne();
  }

  public Optional<AudienceImport> find(Handle handle, long audience) {
    return handle
        .createQuery("select * from audience_import where audience_id = :audience")
        .bind("audience", audience)
        .map(IMPORT)
        .findOne();
  }

  /** Rows that were left out, above (row, column). */
  public List<RowError> errors(Handle handle, long audience, int row, String column, int limit) {
    return handle
        .createQuery(
            """
            select * from row_error
             where audience_id = :audience and (row_number, column_name) > (:row, :column)
             order by row_number, column_name
             limit :limit
            """)
        .bind("audience", audience)
        .bind("row", row)
        .bind("column", column)
        .bind("limit", limit)
        .map(ROW_ERROR)
        .list();
  }

  /** The next audience whose recipients are not contacts yet; 0: any. Locked. */
  Optional<ContactWork> nextContacts(Handle tx, long audience) {
    return tx.createQuery(
            """
            select * from audience_import
             where state = 'DONE' and contacts_done < accepted
               and (:audience = 0 or audience_id = :audience)
             order by audience_id
             limit 1 for update skip locked
            """)
        .bind("audience", audience)
        .map(
            (row, context) ->
                new ContactWork(
                    row.getLong("audience_id"),
                    new WorkspaceId(row.getLong("workspace_id")),
                    row.getInt("contacts_done"),
                    row.getInt("accepted"),
                    Rows.names(row, "columns"),
                    Rows.names(row, "tags")))
        .findOne();
  }

  /** The recipients below this ordinal are contacts. */
  void contactsDone(Handle tx, long audience, int below) {
    tx.createUpdate(
            "update audience_import set contacts_done = :done where audience_id = :audience")
        .bind("audience", audience)
        .bind("done", below)
        .execute();
  }
}
