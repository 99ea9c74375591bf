package dev.herald.gateway.identity;

import dev.herald.runtime.access.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * Sessions of signed-in people. A session ends when unused for a while, and at the latest after a
 * fixed time.
 */
public final class SessionStore {
  private final Jdbi jdbi;
  private final Duration idle;
  private final Duration lifetime;

  /**
   * A good session and the person as it is now: a new role or a suspension takes effect at once.
   */
  record SessionRow(long workspaceId, long personId, Role role, String email, Instant useTime) {}

  public SessionStore(Jdbi jdbi, Duration idle, Duration lifetime) {
    this.jdbi = jdbi;
    this.idle = idle;
    this.lifetime = lifetime;
  }

  /** How long a session lasts at most. */
  public Duration lifetime() {
    return lifetime;
  }

  Optional<SessionRow> find(SessionId session) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select s.workspace_id, s.person_id, p.role, p.email, s.use_time
                    from session s
                    join person p on p.workspace_id = s.workspace_id and p.id = s.person_id
                    where s.id_hash = :hash and s.expire_time > now()
                      and s.use_time > now() - make_interval(secs => :idle) and not p.suspended
                    """)
                .bind("hash", session.hash())
                .bind("idle", idle.toSeconds())
                .map(ConstructorMapper.of(SessionRow.class))
                .findOne());
  }

  /** Notes that the session was used, at most once a minute. */
  void used(SessionId session) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update session set use_time = now()
                    where id_hash = :hash and use_time < now() - interval '1 minute'
                    """)
                .bind("hash", session.hash())
                .execute());
  }

  SessionId start(Handle handle, long workspace, long person) {
    SessionId session = SessionId.random();
    handle
        .createUpdate(
            """
            insert into session (id_hash, workspace_id, person_id, expire_time)
            values (:hash, :workspace, :person, now() + make_interval(secs => :lifetime))
            """)
        .bind("hash", session.hash())
        .bind("workspace", workspace)
        .bind("person", person)
        .bind("lifetime", lifetime.toSeconds())
        .execute();
    return session;
  }

  void end(SessionId session) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate("delete from session where id_hash = :hash")
                .bind("hash", session.hash())
                .execute());
  }

  /** Ends all sessions of a person but, perhaps, one. */
  int endAll(Handle handle, long workspace, long person, Optional<SessionId> except) {
    return handle
        .createUpdate(
            """
            delete from session
            where workspace_id = :workspace and person_id = :person and id_hash <> :except
            """)
        .bind("workspace", workspace)
        .bind("person", person)
        .bind("except", except.map(SessionId::hash).orElse(new byte[0]))
        .execute();
  }

  /** Removes what has ended. */
  int sweep() {
    return jdbi.withHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    delete from session
                    where expire_time < now() or use_time < now() - make_interval(secs => :idle)
                    """)
                .bind("idle", idle.toSeconds())
                .execute());
  }
}
