package dev.herald.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.herald.gateway.security.Hashes;
import dev.herald.gateway.security.SealedBox;
import dev.herald.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ES256 keys that sign tokens, shared by all instances through the database and replaced every
 * month. A key is published well before it signs and for a day after the last token it signed, so
 * that no service ever meets a token it cannot check.
 */
public final class SigningKeys {
  static final Duration ROTATION = Duration.ofDays(30);

  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
  private static final Duration PUBLISHED_BEFORE = Duration.ofMinutes(15);
  private static final Duration PUBLISHED_AFTER = Duration.ofDays(1);
  private static final String PURPOSE = "signing-keys";

  private final Jdbi jdbi;
  private final SealedBox box;
  private final Clock clock;
  private volatile Ring ring = new Ring(List.of(), new JWKSet());

  private record KeyRow(
      String id,
      String publicKey,
      byte[] sealedPrivateKey,
      Instant createTime,
      Instant activateTime) {}

  private record SigningKey(ECKey key, Instant activateTime) {}

  /** Keys we can sign with, and all that verify. */
  private record Ring(List<SigningKey> signing, JWKSet published) {}

  public SigningKeys(Jdbi jdbi, Secret secret) {
    this(jdbi, secret, Clock.systemUTC());
  }

  SigningKeys(Jdbi jdbi, Secret secret, Clock clock) {
    this.jdbi = jdbi;
    this.box = new SealedBox(secret, PURPOSE);
    this.clock = clock;
  }

  /** The key to sign with now. */
  ECKey current() {
    Instant now = clock.instant();
    return newestActive(ring.signing(), now)
        .orElseThrow(() -> new IllegalStateException("No signing key has been made yet."))
        .key();
  }

  /** The public keys, for {@code /.well-known/jwks.json}. */
  public JWKSet published() {
    return ring.published();
  }

  /**
   * Reads what other instances have made, and makes or drops keys that are due; called every half
   * minute.
   */
  public void refresh() {
    ring = jdbi.inTransaction(this::refresh);
  }

  private Ring refresh(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('herald.signing-keys'))");
    Instant now = clock.instant();
    List<KeyRow> rows = new ArrayList<>(read(handle));
    List<SigningKey> usable = usable(rows);
    Optional<SigningKey> active = newestActive(usable, now);
    if (active.isEmpty()) {
      rows.add(create(handle, now));
    } else if (isDue(usable, now)) {
      rows.add(create(handle, now.plus(PUBLISHED_BEFORE)));
    }
    dropOld(handle, rows, now);
    return ring(read(handle));
  }

  private static boolean isDue(List<SigningKey> usable, Instant now) {
    return usable.stream()
        .map(SigningKey::activateTime)
        .max(Comparator.naturalOrder())
        .filter(newest -> newest.isAfter(now.minus(ROTATION)))
        .isEmpty();
  }

  private void dropOld(Handle handle, List<KeyRow> rows, Instant now) {
    Instant replaced = now.minus(PUBLISHED_AFTER);
    List<KeyRow> ordered =
        rows.stream().sorted(Comparator.comparing(KeyRow::activateTime)).toList();
    for (int i = 0; i + 1 < ordered.size(); i++) {
      if (ordered.get(i + 1).activateTime().isBefore(replaced)) {
        handle.execute("delete from signing_key where id = ?", ordered.get(i).id());
        log.info("Signing key dropped key_id={}", ordered.get(i).id());
      }
    }
  }

  private KeyRow create(Handle handle, Instant activateTime) {
    try {
      ECKey key =
          new ECKeyGenerator(Curve.P_256)
              .keyID(Hashes.randomSecret().substring(0, 16))
              .keyUse(KeyUse.SIGNATURE)
              .generate();
      byte[] sealed = box.seal(key.toJSONString().getBytes(StandardCharsets.UTF_8));
      handle
          .createUpdate(
              """
              insert into signing_key (id, public_key, sealed_private_key, create_time, activate_time)
              values (:id, :publicKey, :sealed, :now, :activateTime)
              """)
          .bind("id", key.getKeyID())
          .bind("publicKey", key.toPublicJWK().toJSONString())
          .bind("sealed", sealed)
          .bind("now", clock.instant())
          .bind("activateTime", activateTime)
          .execute();
      log.info("Signing key made key_id={} active_from={}", key.getKeyID(), activateTime);
      return new KeyRow(
          key.getKeyID(), key.toPublicJWK().toJSONString(), sealed, clock.instant(), activateTime);
    } catch (JOSEException e) {
      throw new IllegalStateException("A signing key could not be made.", e);
    }
  }

  private static List<KeyRow> read(Handle handle) {
    return handle
        .createQuery(
            """
            select id, public_key, sealed_private_key, create_time, activate_time
            from signing_key order by activate_time
            """)
        .map(ConstructorMapper.of(KeyRow.class))
        .list();
  }

  private Ring ring(List<KeyRow> rows) {
    List<JWK> published = new ArrayList<>();
    for (KeyRow row : rows) {
      published.add(parse(row.publicKey()));
    }
    return new Ring(usable(rows), new JWKSet(published));
  }

  // Keys sealed under an earlier HERALD_SERVICE_SECRET still verify, but sign no more.
  private List<SigningKey> usable(List<KeyRow> rows) {
    List<SigningKey> usable = new ArrayList<>();
    for (KeyRow row : rows) {
      box.open(row.sealedPrivateKey())
          .map(json -> parse(new String(json, StandardCharsets.UTF_8)))
          .ifPresent(key -> usable.add(new SigningKey(key, row.activateTime())));
    }
    return usable;
  }

  private static Optional<SigningKey> newestActive(List<SigningKey> keys, Instant now) {
    return keys.stream()
        .filter(key -> !key.activateTime().isAfter(now))
        .max(Comparator.comparing(SigningKey::activateTime));
  }

  private static ECKey parse(String json) {
    try {
      return ECKey.parse(json);
    } catch (ParseException e) {
      throw new IllegalStateException("A stored signing key cannot be read.", e);
    }
  }
}
