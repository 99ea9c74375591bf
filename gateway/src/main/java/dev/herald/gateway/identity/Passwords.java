package dev.herald.gateway.identity;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Argon2id hashes of passwords.
 *
 * <p>The salt is a keyed hash of the e-mail address. So one computation checks a password against
 * the person's accounts in all workspaces, and signing in takes the same time whether an address is
 * known to none, one or several of them.
 */
final class Passwords {
  static final int MIN_LENGTH = 12;

  private static final int MEMORY_KIB = 19 * 1024;
  private static final int ITERATIONS = 2;
  private static final int PARALLELISM = 1;
  private static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int MOST_AT_ONCE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Set<String> COMMON =
      Set.of(
          "123456789012",
          "1234567890123",
          "123456123456",
          "111111111111",
          "000000000000",
          "qwertyuiop12",
          "qwertyuiop123",
          "qwerty123456",
          "password1234",
          "password12345",
          "password123456",
          "passwordpassword",
          "adminadmin12",
          "administrator",
          "iloveyou1234",
          "letmeinletmein",
          "changemechangeme",
          "whatsapp1234");

  private final byte[] saltKey;
  private final Argon2Function argon2 =
      Argon2Function.getInstance(MEMORY_KIB, ITERATIONS, PARALLELISM, HASH_BYTES, Argon2.ID);
  // Each computation takes 19 MiB and a core: many at once are a way to stop the whole gateway.
  private final Semaphore slots = new Semaphore(MOST_AT_ONCE);

  Passwords(byte[] saltKey) {
    this.saltKey = saltKey;
  }

  /** Refuses passwords that would be guessed. */
  static void requireGood(String password, String email) {
    if (password.codePointCount(0, password.length()) < MIN_LENGTH) {
      throw unfit(
          "PASSWORD_TOO_SHORT", "The password must have at least " + MIN_LENGTH + " characters.");
    }
    String plain = password.toLowerCase(Locale.ROOT);
    boolean oneCharacter = plain.chars().distinct().count() < 4;
    if (COMMON.contains(plain) || oneCharacter || plain.contains(email.toLowerCase(Locale.ROOT))) {
      throw unfit(
          "PASSWORD_TOO_COMMON", "This password would be guessed soon. Choose another one.");
    }
  }

  String hash(String email, String password) {
    byte[] plain = bytes(password);
    byte[] salt = salt(email);
    return exclusively(() -> argon2.hash(plain, salt).getResult());
  }

  /** Which of the hashes are of this password; the same work for none, one or several. */
  List<Boolean> check(String email, String password, List<String> hashes) {
    String expected = hash(email, password);
    return hashes.stream()
        .map(hash -> equal(expected, hash) || (isOfOtherStrength(hash) && matches(password, hash)))
        .toList();
  }

  // An account from before the parameters above were raised.
  private boolean isOfOtherStrength(String hash) {
    Argon2Function used = Argon2Function.getInstanceFromHash(hash);
    return used.getMemory() != MEMORY_KIB || used.getIterations() != ITERATIONS;
  }

  private boolean matches(String password, String hash) {
    byte[] stored = hash.getBytes(StandardCharsets.UTF_8);
    return exclusively(
        () -> Argon2Function.getInstanceFromHash(hash).check(bytes(password), stored));
  }

  private <T> T exclusively(Supplier<T> work) {
    boolean admitted = false;
    try {
      admitted = slots.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!admitted) {
        throw HeraldException.exhausted(
            "SIGN_IN_BUSY", "Many people are signing in just now. Try again.", PATIENCE);
      }
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HeraldException.unavailable("STOPPING", "This process is stopping. Try again.");
    } finally {
      if (admitted) {
        slots.release();
      }
    }
  }

  private static boolean equal(String expected, String hash) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] salt(String email) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(saltKey, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(email.getBytes(StandardCharsets.UTF_8)), SALT_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256", e);
    }
  }

  // The same password typed on two keyboards may come in two forms of Unicode.
  private static byte[] bytes(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
  }

  private static HeraldException unfit(String reason, String message) {
    return HeraldException.invalid(
        reason, message, List.of(new FieldViolation("new_password", reason, message)));
  }
}
