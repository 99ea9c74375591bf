package dev.herald.runtime.messagekey;

import dev.herald.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the callback string of a message: {@code
 * h1.<campaign>.<ordinal>.<country>.<lot>.<mac>}.
 *
 * <p>The MAC (the first 16 bytes of HMAC-SHA256) binds the key to its workspace and phone number.
 * Without it another app on the same WhatsApp account could send itself validly signed statuses
 * with our keys in them.
 */
public final class MessageKeyCodec {
  /** The setting the campaign service and the gateway share. */
  public static final String SETTING = "HERALD_MESSAGE_KEY_SECRET";

  /** WhatsApp takes at most this many characters. */
  public static final int MAX_LENGTH = 512;

  private static final String VERSION = "h1";
  private static final int MAC_BYTES = 16;
  private static final int MIN_SECRET_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";
  private static final String NUMBER = "(0|[1-9][0-9]{0,18})";
  private static final Pattern FORM =
      Pattern.compile(
          VERSION
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + "\\.([A-Z]{2})\\.(0|[1-9][0-9]{0,8})\\.(\\S{22})");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final List<SecretKeySpec> secrets;

  public MessageKeyCodec(Secret secret) {
    this(List.of(secret));
  }

  /** The first secret signs; all of them verify, so that a secret can be replaced. */
  public MessageKeyCodec(List<Secret> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("A message key needs a secret.");
    }
    this.secrets =
        secrets.stream()
            .map(secret -> secret.atLeastBytes(MIN_SECRET_BYTES, SETTING).bytes())
            .map(bytes -> new SecretKeySpec(bytes, ALGORITHM))
            .toList();
  }

  /** The callback string of a message of this workspace, sent from this phone number. */
  public String encode(MessageKey key, long workspace, String phoneNumberId) {
    String text = text(key);
    return text + "." + mac(secrets.getFirst(), text, workspace, phoneNumberId);
  }

  /** What the callback string of a status for this workspace and phone number is. */
  public MessageKeyReading read(@Nullable String callback, long workspace, String phoneNumberId) {
    if (callback == null || callback.length() > MAX_LENGTH || !callback.startsWith(VERSION + ".")) {
      return new MessageKeyReading.Foreign();
    }
    Matcher matcher = FORM.matcher(callback);
    Optional<MessageKey> key = matcher.matches() ? key(matcher) : Optional.empty();
    if (key.isEmpty()) {
      return new MessageKeyReading.Foreign();
    }
    byte[] claimed = matcher.group(5).getBytes(StandardCharsets.UTF_8);
    String text = text(key.get());
    for (SecretKeySpec secret : secrets) {
      byte[] expected =
          mac(secret, text, workspace, phoneNumberId).getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(expected, claimed)) {
        return new MessageKeyReading.Genuine(key.get());
      }
    }
    return new MessageKeyReading.Forged();
  }

  private static Optional<MessageKey> key(Matcher matcher) {
    try {
      return Optional.of(
          new MessageKey(
              Long.parseLong(matcher.group(1)),
              Long.parseLong(matcher.group(2)),
              matcher.group(3),
              Integer.parseInt(matcher.group(4))));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // More than 63 bits, or campaign 0.
    }
  }

  private static String text(MessageKey key) {
    return String.join(
        ".",
        VERSION,
        Long.toString(key.campaign()),
        Long.toString(key.ordinal()),
        key.country(),
        Integer.toString(key.lot()));
  }

  // Unambiguous: no part before the last contains a dot.
  private static String mac(
      SecretKeySpec secret, String text, long workspace, String phoneNumberId) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      String input = text + "." + workspace + "." + phoneNumberId;
      byte[] full = mac.doFinal(input.getBytes(StandardCharsets.UTF_8));
      return BASE64.encodeToString(Arrays.copyOf(full, MAC_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }
}
