package dev.herald.campaign.secret;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what must not be readable in a dump of the database: AES-256-GCM under a key that is not
 * in it. A sealed secret opens only for the purpose it was sealed for, so that a row cannot be
 * given another row's secret.
 */
public final class SecretBox {
  /** The setting that holds the key. */
  public static final String SETTING = "HERALD_ENCRYPTION_KEY";

  private static final byte FORMAT = 1;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<SecretKey> keys;
  private final SecretKey hashKey;

  /**
   * The first key seals; all of them open, so that a key can be replaced.
   *
   * @param keys 32 bytes each, as 64 hexadecimal digits or in Base64
   */
  public SecretBox(List<Secret> keys) {
    if (keys.isEmpty()) {
      throw new SettingException(SETTING + " is not set.");
    }
    this.keys = keys.stream().map(SecretBox::key).toList();
    // The oldest key, because hashes cannot be made anew when keys are replaced.
    this.hashKey = new SecretKeySpec(mac(this.keys.getLast(), "hash"), "HmacSHA256");
  }

  public byte[] seal(String secret, String purpose) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed =
        cipher(
            Cipher.ENCRYPT_MODE,
            keys.getFirst(),
            nonce,
            purpose,
            secret.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
        .put(FORMAT)
        .put(nonce)
        .put(sealed)
        .array();
  }

  public Secret open(byte[] sealed, String purpose) {
    if (sealed.length <= 1 + NONCE_BYTES || sealed[0] != FORMAT) {
      throw new IllegalStateException("Not a sealed secret.");
    }
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(sealed, 1, nonce, 0, NONCE_BYTES);
    byte[] rest = new byte[sealed.length - 1 - NONCE_BYTES];
    System.arraycopy(sealed, 1 + NONCE_BYTES, rest, 0, rest.length);
    for (SecretKey key : keys) {
      try {
        return new Secret(
            new String(
                cipher(Cipher.DECRYPT_MODE, key, nonce, purpose, rest), StandardCharsets.UTF_8));
      } catch (WrongKeyException e) {
        // Sealed under another of the keys, perhaps.
      }
    }
    throw new IllegalStateException(
        "A stored secret does not open: it was sealed with another " + SETTING + ".");
  }

  /** A keyed hash: tells whether two values are equal, to nobody without the key. */
  public byte[] hash(String value) {
    return mac(hashKey, value);
  }

  private static byte[] cipher(
      int mode, SecretKey key, byte[] nonce, String purpose, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (AEADBadTagException e) {
      throw new WrongKeyException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has AES/GCM.", e);
    }
  }

  private static byte[] mac(SecretKey key, String value) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256.", e);
    }
  }

  private static SecretKey key(Secret setting) {
    byte[] bytes = decode(setting.value().strip());
    if (bytes.length != KEY_BYTES) {
      throw notAKey();
    }
    return new SecretKeySpec(bytes, "AES");
  }

  private static byte[] decode(String text) {
    try {
      return text.length() == 2 * KEY_BYTES
          ? HexFormat.of().parseHex(text)
          : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw notAKey();
    }
  }

  private static SettingException notAKey() {
    return new SettingException(
        SETTING
            + " must be 32 bytes, as 64 hexadecimal digits; make one with: openssl rand -hex 32");
  }

  private static final class WrongKeyException extends RuntimeException {
    WrongKeyException(Throwable cause) {
      super(cause);
    }
  }
}
