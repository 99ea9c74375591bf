package dev.herald.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SigningKeysTest {
  private static final Secret SECRET = new Secret("a secret of at least thirty-two bytes");

  @RegisterExtension static final TestDatabase database = TestDatabase.of("gateway");

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-01T00:00:00Z"));

  @BeforeEach
  void empty() {
    database.truncate("signing_key");
  }

  @Test
  void allInstancesSignWithTheSameKey() {
    SigningKeys one = keys(SECRET);
    SigningKeys two = keys(SECRET);

    assertThat(one.current().getKeyID()).isEqualTo(two.current().getKeyID());
    assertThat(one.published().getKeys()).hasSize(1);
  }

  @Test
  void aKeyIsPublishedBeforeItSignsAndAfterItsLastToken() {
    SigningKeys keys = keys(SECRET);
    String first = keys.current().getKeyID();

    pass(keys, SigningKeys.ROTATION.plusMinutes(1));
    assertThat(keys.published().getKeys()).hasSize(2);
    assertThat(keys.current().getKeyID()).isEqualTo(first);

    pass(keys, Duration.ofMinutes(20));
    String second = keys.current().getKeyID();
    assertThat(second).isNotEqualTo(first);
    assertThat(keys.published().getKeyByKeyId(first)).isNotNull();

    pass(keys, Duration.ofDays(2));
    assertThat(keys.published().getKeyByKeyId(first)).isNull();
    assertThat(keys.current().getKeyID()).isEqualTo(second);
  }

  @Test
  void withAnotherSecretAnotherKeySignsAndTheOldOneStillVerifies() {
    String first = keys(SECRET).current().getKeyID();

    SigningKeys changed = keys(new Secret("quite another secret of thirty-two bytes"));

    assertThat(changed.current().getKeyID()).isNotEqualTo(first);
    assertThat(changed.published().getKeyByKeyId(first)).isNotNull();
  }

  private void pass(SigningKeys keys, Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
    keys.refresh();
  }

  private SigningKeys keys(Secret secret) {
    SigningKeys keys = new SigningKeys(database.jdbi(), secret, movable());
    keys.refresh();
    return keys;
  }

  private Clock movable() {
    return new Clock() {
      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }
}
