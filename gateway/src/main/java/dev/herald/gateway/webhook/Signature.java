package dev.herald.gateway.webhook;

import dev.herald.runtime.config.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** WhatsApp's signature: HMAC-SHA256 with the app's secret over the bytes as they were sent. */
final class Signature {
  static final String HEADER = "X-Hub-Signature-256";

  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern FORM = Pattern.compile("sha256=([0-9a-f]{64})");

  private Signature() {}

  /** True if there is exactly one signature and one of the secrets made it for these bytes. */
  static boolean matches(List<String> headers, byte[] body, List<Secret> secrets) {
    if (headers.size() != 1) {
      return false;
    }
    Matcher form = FORM.matcher(headers.getFirst());
    if (!form.matches()) {
      return false;
    }
    byte[] claimed = HexFormat.of().parseHex(form.group(1));
    boolean found = false;
    // All of them, so that time does not tell which one fits.
    for (Secret secret : secrets) {
      found |= MessageDigest.isEqual(mac(secret, body), claimed);
    }
    return found;
  }

  private static byte[] mac(Secret secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.bytes(), ALGORITHM));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + ALGORITHM, e);
    }
  }
}
