package dev.herald.campaign.rules;

import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.LocalTime;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** The rules of each workspace. */
public final class SendingRulesStore {
  private static final int MINUTES = 60;

  private static final RowMapper<SendingRules> RULES =
      (row, context) ->
          new SendingRules(
              row.getObject("quiet_from") == null
                  ? null
                  : new QuietHours(time(row.getInt("quiet_from")), time(row.getInt("quiet_until"))),
              row.getObject("cap_messages") == null
                  ? null
                  : new FrequencyCap(row.getInt("cap_messages"), row.getInt("cap_days")),
              Set.copyOf(Rows.names(row, "excluded_countries")),
              row.getInt("pause_at_percent"),
              row.getLong("version"));

  private static LocalTime time(int minutes) {
    return LocalTime.of(minutes / MINUTES, minutes % MINUTES);
  }

  private static @Nullable Integer minutes(@Nullable LocalTime time) {
    return time == null ? null : time.getHour() * MINUTES + time.getMinute();
  }

  /** The rules that hold now. */
  public SendingRules get(Handle handle, WorkspaceId workspace) {
    return handle
        .createQuery("select * from sending_rules where workspace_id = :workspace")
        .bind("workspace", workspace.value())
        .map(RULES)
        .findOne()
        .orElse(SendingRules.DEFAULT);
  }

  /**
   * Lets messages go that wait under rules which hold no more, some at a time.
   *
   * @return true if there may be more
   */
  public boolean free(Handle tx, int step) {
    Optional<long[]> changed =
        tx.createQuery(
                """
                select workspace_id, version from sending_rules
                 where freed_version < version
                 limit 1
                   for update skip locked
                """)
            .map((row, context) -> new long[] {row.getLong(1), row.getLong(2)})
            .findOne();
    if (changed.isEmpty()) {
      return false;
    }
    long workspace = changed.get()[0];
    long version = changed.get()[1];
    int freed =
        tx.createUpdate(
                """
                update retry set not_before = now(), rules_version = 0
                 where ctid = any (array(
                   select r.ctid from retry r join campaign c using (campaign_id)
                    where c.workspace_id = :workspace and c.status in ('LIVE', 'PAUSED')
                      and r.rules_version > 0 and r.rules_version < :version
                    limit :step for update of r skip locked))
                """)
            .bind("workspace", workspace)
            .bind("version", version)
            .bind("step", step)
            .execute();
    if (freed < step) {
      tx.createUpdate(
              "update sending_rules set freed_version = :version where workspace_id = :workspace")
          .bind("workspace", workspace)
          .bind("version", version)
          .execute();
    }
    return true;
  }

  /** Waits for whoever changes this workspace's rules. */
  void lock(Handle tx, WorkspaceId workspace) {
    tx.createUpdate(
            """
            insert into sending_rules (workspace_id, pause_at_percent, version)
            values (:workspace, :percent, 0)
            on conflict (workspace_id) do update set version = sending_rules.version
            """)
        .bind("workspace", workspace.value())
        .bind("percent", SendingRules.DEFAULT.pauseAtPercent())
        .execute();
  }

  /** Stores the rules of a workspace that is locked; their version is the next one. */
  SendingRules put(Handle tx, WorkspaceId workspace, SendingRules rules) {
    QuietHours quiet = rules.quietHours();
    FrequencyCap cap = rules.cap();
    return tx.createQuery(
            """
            update sending_rules
               set quiet_from = :from, quiet_until = :until,
                   cap_messages = :messages, cap_days = :days,
                   excluded_countries = :countries, pause_at_percent = :percent,
                   version = version + 1
             where workspace_id = :workspace
            returning *
            """)
        .bind("workspace", workspace.value())
        .bind("from", minutes(quiet == null ? null : quiet.from()))
        .bind("until", minutes(quiet == null ? null : quiet.until()))
        .bind("messages", cap == null ? null : Integer.valueOf(cap.messages()))
        .bind("days", cap == null ? null : Integer.valueOf(cap.days()))
        .bindArray("countries", String.class, rules.excludedCountries().stream().sorted().toList())
        .bind("percent", rules.pauseAtPercent())
        .map(RULES)
        .findOne()
        .map(Objects::requireNonNull)
        .orElseThrow();
  }
}
