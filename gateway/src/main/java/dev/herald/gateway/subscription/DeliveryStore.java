package dev.herald.gateway.subscription;

import dev.herald.gateway.subscription.Delivery.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way. A row is written with what it tells of, and taken by one courier at a time.
 */
final class DeliveryStore {
  private static final int SWEPT_AT_ONCE = 10_000;
  private static final RowMapper<Delivery> ROW = ConstructorMapper.of(Delivery.class);

  private final Jdbi jdbi;

  /** What came of one attempt. */
  record Outcome(
      Delivery attempted,
      State state,
      Duration retryAfter,
      int statusCode,
      String error,
      int millis) {}

  DeliveryStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Queues an event for each of these subscriptions; one that is queued already stays. */
  int insert(Handle tx, List<Subscription> subscriptions, List<Event> events, Duration lifetime) {
    var batch =
        tx.prepareBatch(
            """
            insert into delivery
              (workspace_id, subscription_id, event_id, event_type, event_time, campaign_id, data,
               expire_time)
            values (:workspace, :subscription, :event, :type, :time, :campaign, :data,
                    now() + make_interval(secs => :lifetime))
            on conflict (workspace_id, subscription_id, event_id) do nothing
            """);
    for (Event event : events) {
      String data = event.data().toString();
      for (Subscription subscription : subscriptions) {
        if (wants(subscription, event)) {
          batch
              .bind("workspace", subscription.workspaceId())
              .bind("subscription", subscription.id())
              .bind("event", event.id())
              .bind("type", event.kind())
              .bind("time", event.time())
              .bind("campaign", event.campaignId())
              .bind("data", data)
              .bind("lifetime", lifetime.toSeconds())
              .add();
        }
      }
    }
    return batch.size() == 0 ? 0 : IntStream.of(batch.execute()).sum();
  }

  private static boolean wants(Subscription subscription, Event event) {
    return subscription.workspaceId() == event.workspaceId()
        && (event.kind() == EventKind.TEST || subscription.eventTypes().contains(event.kind()));
  }

  /** Takes what is due, oldest first; nobody else takes it until the lease has run out. */
  List<Delivery> claim(Subscription subscription, int most, Duration lease) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    with due as (
                      select id from delivery
                      where workspace_id = :workspace and subscription_id = :subscription
                        and state = 'PENDING' and next_time <= now()
                      order by next_time, id limit :most
                      for update skip locked)
                    update delivery d
                    set attempts = attempts + 1, attempt_time = now(),
                        next_time = now() + make_interval(secs => :lease)
                    from due
                    where d.workspace_id = :workspace and d.subscription_id = :subscription
                      and d.id = due.id
                    returning d.*
                    """)
                .bind("workspace", subscription.workspaceId())
                .bind("subscription", subscription.id())
                .bind("most", most)
                .bind("lease", lease.toSeconds())
                .map(ROW)
                .list());
  }

  /**
   * Notes what came of a claimed batch. What was replayed or taken by another meanwhile stays as it
   * is.
   */
  void finish(Handle tx, Subscription subscription, List<Outcome> outcomes) {
    var batch =
        tx.prepareBatch(
            """
            update delivery
            set state = case when :state = 'PENDING' and expire_time <= now() then 'FAILED'
                        else :state end,
                next_time = now() + make_interval(secs => :wait),
                status_code = :status, error = :error, duration_millis = :millis
            where workspace_id = :workspace and subscription_id = :subscription and id = :id
              and state = 'PENDING' and attempts = :attempts
            """);
    for (Outcome outcome : outcomes) {
      batch
          .bind("state", outcome.state())
          .bind("wait", outcome.retryAfter().toMillis() / 1000.0)
          .bind("status", outcome.statusCode())
          .bind("error", outcome.error())
          .bind("millis", outcome.millis())
          .bind("workspace", subscription.workspaceId())
          .bind("subscription", subscription.id())
          .bind("id", outcome.attempted().id())
          .bind("attempts", outcome.attempted().attempts())
          .add();
    }
    batch.execute();
  }

  Delivery find(Handle tx, Subscription subscription, UUID event) {
    return tx.createQuery(
            """
            select * from delivery
            where workspace_id = :workspace and subscription_id = :subscription
              and event_id = :event
            """)
        .bind("workspace", subscription.workspaceId())
        .bind("subscription", subscription.id())
        .bind("event", event)
        .map(ROW)
        .one();
  }

  Optional<Delivery> find(long workspace, long subscription, long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select d.* from delivery d
                    join subscription s on s.workspace_id = d.workspace_id and s.id = d.subscription_id
                    where d.workspace_id = :workspace and d.subscription_id = :subscription
                      and d.id = :id and s.state <> 'DELETED'
                    """)
                .bind("workspace", workspace)
                .bind("subscription", subscription)
                .bind("id", id)
                .map(ROW)
                .findOne());
  }

  /** Newest first, without data. */
  List<Delivery> list(
      long workspace, long subscription, @Nullable State state, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, event_id, event_type, event_time, campaign_id, '' as data, state,
                           attempts, next_time, expire_time, create_time, attempt_time,
                           status_code, error, duration_millis
                    from delivery
                    where workspace_id = :workspace and subscription_id = :subscription
                      and id < :before and (cast(:state as text) is null or state = :state)
                    order by id desc limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("subscription", subscription)
                .bind("before", before)
                .bind("state", state == null ? null : state.name())
                .bind("limit", limit)
                .map(ROW)
                .list());
  }

  /** Makes it new. */
  Optional<Delivery> replay(long workspace, long subscription, long id, Duration lifetime) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    update delivery d
                    set state = 'PENDING', attempts = 0, next_time = now(),
                        expire_time = now() + make_interval(secs => :lifetime)
                    from subscription s
                    where d.workspace_id = :workspace and d.subscription_id = :subscription
                      and d.id = :id and s.workspace_id = d.workspace_id
                      and s.id = d.subscription_id and s.state <> 'DELETED'
                    returning d.*
                    """)
                .bind("lifetime", lifetime.toSeconds())
                .bind("workspace", workspace)
                .bind("subscription", subscription)
                .bind("id", id)
                .map(ROW)
                .findOne());
  }

  int replayFailed(long workspace, long subscription, Instant since, Duration lifetime) {
    return jdbi.withHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update delivery
                    set state = 'PENDING', attempts = 0, next_time = now(),
                        expire_time = now() + make_interval(secs => :lifetime)
                    where workspace_id = :workspace and subscription_id = :subscription
                      and state = 'FAILED' and event_time >= :since
                    """)
                .bind("lifetime", lifetime.toSeconds())
                .bind("workspace", workspace)
                .bind("subscription", subscription)
                .bind("since", since)
                .execute());
  }

  /** Gives up what waited too long while nothing could be sent. */
  void expire() {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                update delivery set state = 'FAILED',
                  error = case when error = '' then 'Nothing could be sent in time.' else error end
                where (workspace_id, subscription_id, id) in (
                  select workspace_id, subscription_id, id from delivery
                  where state = 'PENDING' and expire_time <= now() and next_time <= now()
                  limit 10000 for update skip locked)
                """));
  }

  /** Forgets what is older than this and no longer under way; true if there may be more. */
  boolean sweep(Duration age) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        delete from delivery where (workspace_id, subscription_id, id) in (
                          select workspace_id, subscription_id, id from delivery
                          where create_time < now() - make_interval(secs => :age)
                            and state <> 'PENDING'
                          limit :limit)
                        """)
                    .bind("age", age.toSeconds())
                    .bind("limit", SWEPT_AT_ONCE)
                    .execute())
        == SWEPT_AT_ONCE;
  }
}
