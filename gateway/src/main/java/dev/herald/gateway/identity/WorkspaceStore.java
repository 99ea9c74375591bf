package dev.herald.gateway.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Tenants. */
public final class WorkspaceStore {
  private final Jdbi jdbi;

  /** A tenant as stored. */
  public record WorkspaceRow(
      long id,
      String name,
      String timeZone,
      String currency,
      boolean operator,
      Instant createTime) {}

  public WorkspaceStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public Optional<WorkspaceRow> find(long workspace) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, name, time_zone, currency, operator, create_time
                    from workspace where id = :workspace
                    """)
                .bind("workspace", workspace)
                .map(ConstructorMapper.of(WorkspaceRow.class))
                .findOne());
  }

  /**
   * The operator's workspace, made if there is none; two processes that start together make one.
   */
  public WorkspaceRow operatorWorkspace(long newId, String name, String timeZone, String currency) {
    return jdbi.inTransaction(
        handle -> {
          handle
              .createUpdate(
                  """
                  insert into workspace (id, name, time_zone, currency, operator)
                  values (:id, :name, :timeZone, :currency, true)
                  on conflict (operator) where operator do nothing
                  """)
              .bind("id", newId)
              .bind("name", name)
              .bind("timeZone", timeZone)
              .bind("currency", currency)
              .execute();
          return operator(handle).orElseThrow();
        });
  }

  /** Makes a further tenant; the other services hear of it in the background. */
  WorkspaceRow insert(Handle tx, long id, String name, String timeZone, String currency) {
    return tx.createQuery(
            """
            insert into workspace (id, name, time_zone, currency)
            values (:id, :name, :timeZone, :currency)
            returning id, name, time_zone, currency, operator, create_time
            """)
        .bind("id", id)
        .bind("name", name)
        .bind("timeZone", timeZone)
        .bind("currency", currency)
        .map(ConstructorMapper.of(WorkspaceRow.class))
        .one();
  }

  /** Oldest first; {@code after} is the last id of the page before, or 0. */
  List<WorkspaceRow> list(long after, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, name, time_zone, currency, operator, create_time
                    from workspace where id > :after order by id limit :limit
                    """)
                .bind("after", after)
                .bind("limit", limit)
                .map(ConstructorMapper.of(WorkspaceRow.class))
                .list());
  }

  /**
   * Changes what is given; the other services hear of it, as the workspace counts as not
   * provisioned.
   */
  public void update(long workspace, Optional<String> name, Optional<String> timeZone) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update workspace
                    set name = coalesce(:name, name),
                        time_zone = coalesce(:timeZone, time_zone),
                        provision_time =
                          case when :timeZone is distinct from time_zone and :timeZone is not null
                          then null else provision_time end
                    where id = :workspace
                    """)
                .bind("name", name.orElse(null))
                .bind("timeZone", timeZone.orElse(null))
                .bind("workspace", workspace)
                .execute());
  }

  List<WorkspaceRow> unprovisioned(int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, name, time_zone, currency, operator, create_time
                    from workspace where provision_time is null order by id limit :limit
                    """)
                .bind("limit", limit)
                .map(ConstructorMapper.of(WorkspaceRow.class))
                .list());
  }

  /** Only as it was when it was told: a time zone changed meanwhile is told again. */
  void provisioned(WorkspaceRow told) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update workspace set provision_time = now()
                    where id = :id and time_zone = :timeZone
                    """)
                .bind("id", told.id())
                .bind("timeZone", told.timeZone())
                .execute());
  }

  boolean isProvisioned(long workspace) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select provision_time is not null from workspace where id = :workspace")
                .bind("workspace", workspace)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false));
  }

  private static Optional<WorkspaceRow> operator(Handle handle) {
    return handle
        .createQuery(
            """
            select id, name, time_zone, currency, operator, create_time
            from workspace where operator
            """)
        .map(ConstructorMapper.of(WorkspaceRow.class))
        .findOne();
  }
}
