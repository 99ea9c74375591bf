package dev.herald.gateway.identity;

import dev.herald.runtime.access.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** The people of workspaces. */
final class PersonStore {
  private final Jdbi jdbi;

  /** A person as stored. */
  record PersonRow(
      long workspaceId,
      long id,
      String email,
      String name,
      Role role,
      @Nullable String passwordHash,
      boolean suspended,
      Instant createTime,
      @Nullable Instant lastSignInTime) {}

  PersonStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Everybody with this address who may sign in, in whatever workspace; who signed in last comes
   * first.
   */
  List<PersonRow> byEmail(String email, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from person
                    where email = :email and password_hash is not null and not suspended
                    order by last_sign_in_time desc nulls last, id limit :limit
                    """)
                .bind("email", email)
                .bind("limit", limit)
                .map(ConstructorMapper.of(PersonRow.class))
                .list());
  }

  Optional<PersonRow> find(long workspace, long id) {
    return jdbi.withHandle(handle -> find(handle, workspace, id));
  }

  Optional<PersonRow> find(Handle handle, long workspace, long id) {
    return handle
        .createQuery("select * from person where workspace_id = :workspace and id = :id")
        .bind("workspace", workspace)
        .bind("id", id)
        .map(ConstructorMapper.of(PersonRow.class))
        .findOne();
  }

  Optional<PersonRow> findByEmail(Handle handle, long workspace, String email) {
    return handle
        .createQuery("select * from person where workspace_id = :workspace and email = :email")
        .bind("workspace", workspace)
        .bind("email", email)
        .map(ConstructorMapper.of(PersonRow.class))
        .findOne();
  }

  List<PersonRow> list(long workspace, String afterEmail, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from person where workspace_id = :workspace and email > :after
                    order by email limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("after", afterEmail)
                .bind("limit", limit)
                .map(ConstructorMapper.of(PersonRow.class))
                .list());
  }

  /** The new person, or empty if the workspace knows the address already. */
  Optional<PersonRow> insert(
      Handle handle, long workspace, long id, String email, String name, Role role) {
    return handle
        .createQuery(
            """
            insert into person (workspace_id, id, email, name, role)
            values (:workspace, :id, :email, :name, :role)
            on conflict (workspace_id, email) do nothing
            returning *
            """)
        .bind("workspace", workspace)
        .bind("id", id)
        .bind("email", email)
        .bind("name", name)
        .bind("role", role)
        .map(ConstructorMapper.of(PersonRow.class))
        .findOne();
  }

  /** Locks all owners of the workspace, so that two requests cannot remove the last two of them. */
  List<Long> lockActiveOwners(Handle handle, long workspace) {
    return handle
        .createQuery(
            """
            select id from person
            where workspace_id = :workspace and role = 'OWNER' and not suspended
            order by id for update
            """)
        .bind("workspace", workspace)
        .mapTo(Long.class)
        .list();
  }

  PersonRow update(
      Handle handle,
      long workspace,
      long id,
      Optional<String> name,
      Optional<Role> role,
      Optional<Boolean> suspended) {
    return handle
        .createQuery(
            """
            update person
            set name = coalesce(:name, name), role = coalesce(:role, role),
                suspended = coalesce(:suspended, suspended)
            where workspace_id = :workspace and id = :id
            returning *
            """)
        .bind("name", name.orElse(null))
        .bind("role", role.map(Role::name).orElse(null))
        .bind("suspended", suspended.orElse(null))
        .bind("workspace", workspace)
        .bind("id", id)
        .map(ConstructorMapper.of(PersonRow.class))
        .one();
  }

  void setPassword(Handle handle, long workspace, long id, String passwordHash) {
    handle
        .createUpdate(
            """
            update person set password_hash = :hash where workspace_id = :workspace and id = :id
            """)
        .bind("hash", passwordHash)
        .bind("workspace", workspace)
        .bind("id", id)
        .execute();
  }

  void signedIn(Handle handle, long workspace, long id) {
    handle
        .createUpdate(
            """
            update person set last_sign_in_time = now() where workspace_id = :workspace and id = :id
            """)
        .bind("workspace", workspace)
        .bind("id", id)
        .execute();
  }

  void delete(Handle handle, long workspace, long id) {
    handle
        .createUpdate("delete from person where workspace_id = :workspace and id = :id")
        .bind("workspace", workspace)
        .bind("id", id)
        .execute();
  }

  /** Where the salts of this installation come from. */
  byte[] saltKey() {
    return jdbi.withHandle(
        handle ->
            handle.createQuery("select salt_key from installation").mapTo(byte[].class).one());
  }
}
