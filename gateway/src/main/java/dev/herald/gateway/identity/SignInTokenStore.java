package dev.herald.gateway.identity;

import dev.herald.gateway.security.Hashes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * One-time tokens of sign-in links: for invitations, forgotten passwords and the very first start.
 */
final class SignInTokenStore {
  private final Jdbi jdbi;

  /** A link's token; to be handed over, not stored. */
  record SignInToken(String value, Instant expireTime) {}

  /** Whom a token stands for. */
  record Bearer(long workspaceId, long personId) {}

  SignInTokenStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A new token; earlier ones of the person stop working. */
  SignInToken create(Handle handle, long workspace, long person, Duration lifetime) {
    deleteAll(handle, workspace, person);
    String token = Hashes.randomSecret();
    Instant expireTime =
        handle
            .createQuery(
                """
                insert into sign_in_token (token_hash, workspace_id, person_id, expire_time)
                values (:hash, :workspace, :person, now() + make_interval(secs => :lifetime))
                returning expire_time
                """)
            .bind("hash", Hashes.sha256(token))
            .bind("workspace", workspace)
            .bind("person", person)
            .bind("lifetime", lifetime.toSeconds())
            .mapTo(Instant.class)
            .one();
    return new SignInToken(token, expireTime);
  }

  /** Uses the token up. Of two requests with the same token, one gets it. */
  Optional<Bearer> redeem(Handle handle, String token) {
    return handle
        .createQuery(
            """
            delete from sign_in_token where token_hash = :hash and expire_time > now()
            returning workspace_id, person_id
            """)
        .bind("hash", Hashes.sha256(token))
        .map(ConstructorMapper.of(Bearer.class))
        .findOne();
  }

  void deleteAll(Handle handle, long workspace, long person) {
    handle
        .createUpdate(
            "delete from sign_in_token where workspace_id = :workspace and person_id = :person")
        .bind("workspace", workspace)
        .bind("person", person)
        .execute();
  }

  int sweep() {
    return jdbi.withHandle(
        handle -> handle.execute("delete from sign_in_token where expire_time < now()"));
  }
}
