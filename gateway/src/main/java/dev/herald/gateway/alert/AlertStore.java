package dev.herald.gateway.alert;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Alerts, and who has seen them. */
final class AlertStore {
  private static final RowMapper<Alert> ROW = ConstructorMapper.of(Alert.class);
  private static final int SWEPT_AT_ONCE = 5000;

  /** More than this nobody counts. */
  static final int MOST_UNSEEN = 100;

  private final Jdbi jdbi;

  AlertStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Takes note; what is known already stays. News of workspaces that are gone is nobody's. */
  void add(Handle tx, Collection<News> news) {
    var batch =
        tx.prepareBatch(
            """
            insert into alert (workspace_id, source, kind, severity, title, text, campaign_id,
                   event_time, due_time)
            select w.id, :source, :kind, :severity, :title, :text, :campaign, :time,
                   now() + make_interval(secs => :delay)
              from workspace w where w.id = :workspace
            on conflict (workspace_id, source) do nothing
            """);
    for (News one : news) {
      batch
          .bind("workspace", one.workspaceId())
          .bind("source", one.source())
          .bind("kind", one.kind())
          .bind("severity", one.severity())
          .bind("title", one.title())
          .bind("text", one.text())
          .bind("campaign", one.campaignId())
          .bind("time", one.time())
          .bind("delay", one.delay().toMillis() / 1000.0)
          .add();
    }
    if (batch.size() > 0) {
      batch.execute();
    }
  }

  /**
   * What is to be told now, oldest first, but what needs figures last: they may let one wait.
   * Nobody else gets it before the transaction has ended.
   */
  Optional<Alert> claimDue(Handle tx) {
    return tx.createQuery(
            """
            select workspace_id, source, id, kind, severity, title, text, campaign_id, event_time,
                   figures
              from alert where id is null and due_time <= now()
             order by kind = 'CAMPAIGN_FINISHED', due_time limit 1 for update skip locked
            """)
        .map(ROW)
        .findOne();
  }

  /** Puts off what cannot be told yet. */
  void postpone(Handle tx, Alert alert, Duration by) {
    tx.createUpdate(
            """
            update alert set due_time = now() + make_interval(secs => :by)
             where workspace_id = :workspace and source = :source
            """)
        .bind("by", by.toMillis() / 1000.0)
        .bind("workspace", alert.workspaceId())
        .bind("source", alert.source())
        .execute();
  }

  /** Gives it its id and its last words: from here on it is in the list. */
  void tell(Handle tx, Alert told) {
    tx.createUpdate(
            """
            update alert set id = :id, text = :text, figures = :figures
             where workspace_id = :workspace and source = :source
            """)
        .bind("id", told.id())
        .bind("text", told.text())
        .bind("figures", told.figures())
        .bind("workspace", told.workspaceId())
        .bind("source", told.source())
        .execute();
  }

  /** Newest first, those before the id. */
  List<Alert> list(long workspace, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select workspace_id, source, id, kind, severity, title, text, campaign_id,
                           event_time, figures
                      from alert where workspace_id = :workspace and id < :before
                     order by id desc limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("before", before)
                .bind("limit", limit)
                .map(ROW)
                .list());
  }

  Optional<Alert> find(Handle handle, long workspace, long id) {
    return handle
        .createQuery(
            """
            select workspace_id, source, id, kind, severity, title, text, campaign_id, event_time,
                   figures
              from alert where workspace_id = :workspace and id = :id
            """)
        .bind("workspace", workspace)
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** How many alerts somebody has not seen, up to {@link #MOST_UNSEEN}. */
  int unseen(long workspace, String subject) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select count(*) from (
                      select 1 from alert
                       where workspace_id = :workspace
                         and id > coalesce((select alert_id from alert_seen
                                             where workspace_id = :workspace
                                               and subject = :subject), 0)
                       limit :most)
                    """)
                .bind("workspace", workspace)
                .bind("subject", subject)
                .bind("most", MOST_UNSEEN)
                .mapTo(Integer.class)
                .one());
  }

  /** How many tests were asked for lately. */
  int recentTests(Handle handle, long workspace, Duration age) {
    return handle
        .createQuery(
            """
            select count(*) from alert
             where workspace_id = :workspace and kind = 'TEST'
               and event_time > now() - make_interval(secs => :age)
            """)
        .bind("workspace", workspace)
        .bind("age", age.toSeconds())
        .mapTo(Integer.class)
        .one();
  }

  void seen(long workspace, String subject, long id) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    insert into alert_seen as seen (workspace_id, subject, alert_id)
                    values (:workspace, :subject, :id)
                    on conflict (workspace_id, subject)
                    do update set alert_id = greatest(seen.alert_id, excluded.alert_id)
                    """)
                .bind("workspace", workspace)
                .bind("subject", subject)
                .bind("id", id)
                .execute());
  }

  /** Forgets what is older than this; true if there may be more. */
  boolean sweep(Duration age) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        delete from alert where (workspace_id, source) in (
                          select workspace_id, source from alert
                           where id is not null
                             and event_time < now() - make_interval(secs => :age)
                           limit :limit)
                        """)
                    .bind("age", age.toSeconds())
                    .bind("limit", SWEPT_AT_ONCE)
                    .execute())
        == SWEPT_AT_ONCE;
  }
}
