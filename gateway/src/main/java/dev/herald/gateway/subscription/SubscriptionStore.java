package dev.herald.gateway.subscription;

import dev.herald.gateway.subscription.Subscription.Format;
import dev.herald.gateway.subscription.Subscription.State;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Subscriptions. A deleted one is invisible at once; its deliveries go in small steps. */
final class SubscriptionStore {
  private static final int SWEPT_AT_ONCE = 5000;
  private static final RowMapper<Subscription> ROW = ConstructorMapper.of(Subscription.class);

  private final Jdbi jdbi;

  SubscriptionStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Subscription insert(
      Handle tx,
      long workspace,
      long id,
      String name,
      String url,
      Format format,
      List<EventKind> types,
      byte[] sealedSecret,
      String createdBy) {
    return tx.createQuery(
            """
            insert into subscription
              (workspace_id, id, name, url, format, event_types, sealed_secret, state, created_by)
            values (:workspace, :id, :name, :url, :format, :types, :secret, 'ACTIVE', :createdBy)
            returning *
            """)
        .bind("workspace", workspace)
        .bind("id", id)
        .bind("name", name)
        .bind("url", url)
        .bind("format", format)
        .bind("types", names(types))
        .bind("secret", sealedSecret)
        .bind("createdBy", createdBy)
        .map(ROW)
        .one();
  }

  /** How many there are; two requests at once count one after the other. */
  int lockAndCount(Handle tx, long workspace) {
    tx.execute("select from workspace where id = ? for no key update", workspace);
    return tx.createQuery(
            """
            select count(*) from subscription
            where workspace_id = :workspace and state <> 'DELETED'
            """)
        .bind("workspace", workspace)
        .mapTo(Integer.class)
        .one();
  }

  Optional<Subscription> find(long workspace, long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from subscription
                    where workspace_id = :workspace and id = :id and state <> 'DELETED'
                    """)
                .bind("workspace", workspace)
                .bind("id", id)
                .map(ROW)
                .findOne());
  }

  /** Newest first; {@code before} is the last id of the page before, or the largest long. */
  List<Subscription> list(long workspace, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from subscription
                    where workspace_id = :workspace and id < :before and state <> 'DELETED'
                    order by id desc limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("before", before)
                .bind("limit", limit)
                .map(ROW)
                .list());
  }

  /** Those of these workspaces that want events now. */
  List<Subscription> active(Handle tx, Collection<Long> workspaces) {
    return tx.createQuery(
            """
            select * from subscription
            where workspace_id = any (:workspaces) and state = 'ACTIVE'
            order by workspace_id, id
            """)
        .bind("workspaces", workspaces.stream().mapToLong(Long::longValue).toArray())
        .map(ROW)
        .list();
  }

  /** Those with something to send now, whose target may be asked. */
  List<Subscription> due() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select s.* from subscription s
                    where s.state = 'ACTIVE' and s.next_time <= now()
                      and exists (
                        select 1 from delivery d
                        where d.workspace_id = s.workspace_id and d.subscription_id = s.id
                          and d.state = 'PENDING' and d.next_time <= now())
                    """)
                .map(ROW)
                .list());
  }

  /** Changes what is given. Becoming active ends what Herald had against it. */
  Optional<Subscription> update(
      long workspace,
      long id,
      Optional<String> name,
      Optional<String> url,
      List<EventKind> types,
      Optional<State> state) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    update subscription
                    set name = coalesce(:name, name), url = coalesce(:url, url),
                        event_types = case when cardinality(cast(:types as text[])) = 0
                                      then event_types else :types end,
                        state = coalesce(:state, state),
                        disable_reason =
                          case when cast(:state as text) is null then disable_reason else '' end,
                        disable_time =
                          case when cast(:state as text) is null then disable_time end,
                        failing_since = case when :fresh then null else failing_since end,
                        failures = case when :fresh then 0 else failures end,
                        next_time = case when :fresh then '-infinity' else next_time end
                    where workspace_id = :workspace and id = :id and state <> 'DELETED'
                    returning *
                    """)
                .bind("name", name.orElse(null))
                .bind("url", url.orElse(null))
                .bind("types", names(types))
                .bind("state", state.map(State::name).orElse(null))
                .bind("fresh", url.isPresent() || state.filter(State.ACTIVE::equals).isPresent())
                .bind("workspace", workspace)
                .bind("id", id)
                .map(ROW)
                .findOne());
  }

  Optional<Subscription> rotate(
      Handle tx, long workspace, long id, byte[] sealedSecret, Duration overlap) {
    return tx.createQuery(
            """
            update subscription
            set sealed_old_secret = sealed_secret,
                old_secret_until = now() + make_interval(secs => :overlap),
                sealed_secret = :secret
            where workspace_id = :workspace and id = :id and state <> 'DELETED'
            returning *
            """)
        .bind("overlap", overlap.toSeconds())
        .bind("secret", sealedSecret)
        .bind("workspace", workspace)
        .bind("id", id)
        .map(ROW)
        .findOne();
  }

  /** True if there was such a one; its secrets are gone. */
  boolean delete(long workspace, long id) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        update subscription
                        set state = 'DELETED', sealed_secret = '', sealed_old_secret = null
                        where workspace_id = :workspace and id = :id and state <> 'DELETED'
                        """)
                    .bind("workspace", workspace)
                    .bind("id", id)
                    .execute())
        > 0;
  }

  void succeeded(Handle tx, Subscription subscription) {
    tx.createUpdate(
            """
            update subscription
            set failing_since = null, failures = 0, last_success_time = now(),
                next_time = '-infinity'
            where workspace_id = :workspace and id = :id
              and (failures > 0 or failing_since is not null or last_success_time is null
                   or last_success_time < now() - interval '10 seconds')
            """)
        .bind("workspace", subscription.workspaceId())
        .bind("id", subscription.id())
        .execute();
  }

  void failed(Handle tx, Subscription subscription, Duration wait) {
    tx.createUpdate(
            """
            update subscription
            set failing_since = coalesce(failing_since, now()), failures = failures + 1,
                next_time = now() + make_interval(secs => :wait)
            where workspace_id = :workspace and id = :id
            """)
        .bind("wait", wait.toMillis() / 1000.0)
        .bind("workspace", subscription.workspaceId())
        .bind("id", subscription.id())
        .execute();
  }

  /** Ends one that has failed for so long, or at once if {@code after} is zero. */
  boolean disable(Handle tx, Subscription subscription, Duration after, String reason) {
    return tx.createUpdate(
                """
                update subscription
                set state = 'DISABLED', disable_reason = :reason, disable_time = now()
                where workspace_id = :workspace and id = :id and state = 'ACTIVE'
                  and failing_since <= now() - make_interval(secs => :after)
                """)
            .bind("reason", reason)
            .bind("workspace", subscription.workspaceId())
            .bind("id", subscription.id())
            .bind("after", after.toSeconds())
            .execute()
        > 0;
  }

  /** Removes something of what was deleted; true if there may be more. */
  boolean sweep() {
    return jdbi.inTransaction(
        tx -> {
          int removed =
              tx.createUpdate(
                      """
                      delete from delivery d using (
                        select d.workspace_id, d.subscription_id, d.id
                        from delivery d
                        join subscription s
                          on s.workspace_id = d.workspace_id and s.id = d.subscription_id
                        where s.state = 'DELETED' limit :limit) as batch
                      where d.workspace_id = batch.workspace_id
                        and d.subscription_id = batch.subscription_id and d.id = batch.id
                      """)
                  .bind("limit", SWEPT_AT_ONCE)
                  .execute();
          if (removed == 0) {
            tx.execute(
                """
                delete from subscription s
                where state = 'DELETED' and not exists (
                  select 1 from delivery d
                  where d.workspace_id = s.workspace_id and d.subscription_id = s.id)
                """);
          }
          return removed == SWEPT_AT_ONCE;
        });
  }

  private static String[] names(List<EventKind> kinds) {
    return kinds.stream().map(EventKind::name).toArray(String[]::new);
  }
}
