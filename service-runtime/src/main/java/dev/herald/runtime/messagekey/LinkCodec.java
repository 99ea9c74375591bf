package dev.herald.runtime.messagekey;

import dev.herald.runtime.config.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes and reads the token of a tracked link: 36 characters that name a message and one of its
 * links.
 *
 * <p>The last eight of its bytes are a MAC, so that nobody can guess the token of another person's
 * message: one in 2^64 guesses is right, and a wrong one costs no more than this check. Where the
 * link leads does not stand in the token; it is the campaign's.
 */
public final class LinkCodec {
  /** Most links of one message. */
  public static final int MAX_LINKS = 10;

  private static final String ALGORITHM = "HmacSHA256";
  // Sets these MACs apart from those of message keys, which have the same secrets.
  private static final byte[] PURPOSE = "herald link 1".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_BYTES = Long.BYTES + Integer.BYTES + 2 + Integer.BYTES + 1;
  private static final int MAC_BYTES = 8;
  private static final int LENGTH = (KEY_BYTES + MAC_BYTES) * 4 / 3;

  private final List<SecretKeySpec> secrets;

  /** A link of a message, by its place among the links of its campaign. */
  public record Link(MessageKey message, int index) {}

  /** The first secret signs; all of them verify. */
  public LinkCodec(List<Secret> secrets) {
    this.secrets =
        secrets.stream().map(secret -> new SecretKeySpec(secret.bytes(), ALGORITHM)).toList();
  }

  public String encode(Link link) {
    MessageKey message = link.message();
    byte[] key =
        ByteBuffer.allocate(KEY_BYTES)
            .putLong(message.campaign())
            .putInt(Math.toIntExact(message.ordinal()))
            .put(message.country().getBytes(StandardCharsets.US_ASCII))
            .putInt(message.lot())
            .put((byte) link.index())
            .array();
    byte[] whole = Arrays.copyOf(key, KEY_BYTES + MAC_BYTES);
    System.arraycopy(mac(secrets.getFirst(), key), 0, whole, KEY_BYTES, MAC_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /** What a token names; empty unless we made it. */
  public Optional<Link> read(String token) {
    if (token.length() != LENGTH) {
      return Optional.empty();
    }
    try {
      byte[] whole = Base64.getUrlDecoder().decode(token);
      byte[] key = Arrays.copyOf(whole, KEY_BYTES);
      byte[] claimed = Arrays.copyOfRange(whole, KEY_BYTES, whole.length);
      boolean ours = false;
      for (SecretKeySpec secret : secrets) {
        ours |= MessageDigest.isEqual(mac(secret, key), claimed);
      }
      return ours ? Optional.of(link(ByteBuffer.wrap(key))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not of our alphabet.
    }
  }

  private static Link link(ByteBuffer key) {
    long campaign = key.getLong();
    int ordinal = key.getInt();
    byte[] country = new byte[2];
    key.get(country);
    int lot = key.getInt();
    return new Link(
        new MessageKey(campaign, ordinal, new String(country, StandardCharsets.US_ASCII), lot),
        key.get());
  }

  private static byte[] mac(SecretKeySpec secret, byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(PURPOSE);
      return Arrays.copyOf(mac.doFinal(key), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }
}
