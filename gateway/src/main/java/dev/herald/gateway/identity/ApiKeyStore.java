package dev.herald.gateway.identity;

import dev.herald.gateway.security.Hashes;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** API keys: 256 random bits behind {@code hk_}, stored as their SHA-256. */
public final class ApiKeyStore {
  static final String MARK = "hk_";

  private static final int PREFIX_LENGTH = 7;

  private final Jdbi jdbi;

  /** A key as stored. */
  public record ApiKeyRow(
      long workspaceId,
      long id,
      String name,
      Role role,
      String prefix,
      String createdBy,
      Instant createTime,
      @Nullable Instant lastUsedTime,
      @Nullable Instant expireTime,
      @Nullable Instant revokeTime) {}

  /** A key just made; the secret is not to be had again. */
  public record NewApiKey(ApiKeyRow row, String secret) {}

  public ApiKeyStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The key with this secret, if it is good now. */
  public Optional<ApiKeyRow> bySecret(String secret) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select workspace_id, id, name, role, prefix, created_by, create_time,
                           last_used_time, expire_time, revoke_time
                    from api_key
                    where secret_hash = :hash
                      and revoke_time is null and (expire_time is null or expire_time > now())
                    """)
                .bind("hash", Hashes.sha256(secret))
                .map(ConstructorMapper.of(ApiKeyRow.class))
                .findOne());
  }

  /** Notes that the key was used, at most once a minute. */
  void used(ApiKeyRow key) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update api_key set last_used_time = now()
                    where workspace_id = :workspace and id = :id
                      and (last_used_time is null or last_used_time < now() - interval '1 minute')
                    """)
                .bind("workspace", key.workspaceId())
                .bind("id", key.id())
                .execute());
  }

  /** A new key that never expires. */
  public NewApiKey create(long workspace, String name, Role role, String createdBy) {
    return jdbi.inTransaction(handle -> create(handle, workspace, name, role, createdBy, null));
  }

  NewApiKey create(
      Handle handle,
      long workspace,
      String name,
      Role role,
      String createdBy,
      @Nullable Instant expireTime) {
    String secret = MARK + Hashes.randomSecret();
    ApiKeyRow row =
        handle
            .createQuery(
                """
                insert into api_key (workspace_id, id, name, role, secret_hash, prefix, created_by,
                                     expire_time)
                values (:workspace, :id, :name, :role, :hash, :prefix, :createdBy, :expireTime)
                returning workspace_id, id, name, role, prefix, created_by, create_time,
                          last_used_time, expire_time, revoke_time
                """)
            .bind("workspace", workspace)
            .bind("id", Ids.next())
            .bind("name", name)
            .bind("role", role)
            .bind("hash", Hashes.sha256(secret))
            .bind("prefix", prefix(secret))
            .bind("createdBy", createdBy)
            .bind("expireTime", expireTime)
            .map(ConstructorMapper.of(ApiKeyRow.class))
            .one();
    return new NewApiKey(row, secret);
  }

  /**
   * Makes the key of the operator's environment the one bootstrap key: known under any name
   * already, it stays; earlier ones stop working.
   */
  public void putBootstrapKey(long workspace, String secret) {
    jdbi.useTransaction(
        handle -> {
          // Two processes that start together must not both insert.
          handle.execute("select pg_advisory_xact_lock(hashtext('herald.bootstrap-key'))");
          handle
              .createUpdate(
                  """
                  update api_key set revoke_time = now()
                  where bootstrap and revoke_time is null and secret_hash <> :hash
                  """)
              .bind("hash", Hashes.sha256(secret))
              .execute();
          handle
              .createUpdate(
                  """
                  insert into api_key
                    (workspace_id, id, name, role, secret_hash, prefix, bootstrap, created_by)
                  values (:workspace, :id, 'Bootstrap', 'OWNER', :hash, :prefix, true, 'herald')
                  on conflict (secret_hash) do update set revoke_time = null
                  where api_key.bootstrap
                  """)
              .bind("workspace", workspace)
              .bind("id", Ids.next())
              .bind("hash", Hashes.sha256(secret))
              .bind("prefix", prefix(secret))
              .execute();
        });
  }

  /** Newest first; {@code before} is the last id of the page before, or the largest long. */
  public List<ApiKeyRow> list(long workspace, long before, boolean withRevoked, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select workspace_id, id, name, role, prefix, created_by, create_time,
                           last_used_time, expire_time, revoke_time
                    from api_key
                    where workspace_id = :workspace and id < :before
                      and (:withRevoked or revoke_time is null)
                    order by id desc limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("before", before)
                .bind("withRevoked", withRevoked)
                .bind("limit", limit)
                .map(ConstructorMapper.of(ApiKeyRow.class))
                .list());
  }

  public Optional<ApiKeyRow> find(long workspace, long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select workspace_id, id, name, role, prefix, created_by, create_time,
                           last_used_time, expire_time, revoke_time
                    from api_key where workspace_id = :workspace and id = :id
                    """)
                .bind("workspace", workspace)
                .bind("id", id)
                .map(ConstructorMapper.of(ApiKeyRow.class))
                .findOne());
  }

  /** True if there is such a key; it is revoked from now on. */
  public boolean revoke(long workspace, long id) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        update api_key set revoke_time = coalesce(revoke_time, now())
                        where workspace_id = :workspace and id = :id
                        """)
                    .bind("workspace", workspace)
                    .bind("id", id)
                    .execute())
        > 0;
  }

  // Enough to recognise a key by, far too little to guess it.
  private static String prefix(String secret) {
    return secret.substring(0, Math.min(PREFIX_LENGTH, secret.length() / 4));
  }
}
