package dev.herald.gateway.subscription;

import dev.herald.gateway.security.Hashes;
import dev.herald.gateway.security.SealedBox;
import dev.herald.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Secrets of subscriptions, and the signatures made with them. */
final class Signing {
  private static final String MAC = "HmacSHA256";
  private static final String MARK = "whsec_";

  private final SealedBox box;

  Signing(Secret secret) {
    this.box = new SealedBox(secret, "subscriptions");
  }

  static String newSecret() {
    return MARK + Hashes.randomSecret();
  }

  byte[] seal(String secret) {
    return box.seal(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** The secrets that sign now, the newest first; empty if they cannot be opened any more. */
  List<String> secrets(Subscription subscription, Instant now) {
    List<String> secrets = new ArrayList<>();
    open(subscription.sealedSecret()).ifPresent(secrets::add);
    if (subscription.sealedOldSecret() != null
        && subscription.oldSecretUntil() != null
        && subscription.oldSecretUntil().isAfter(now)) {
      open(subscription.sealedOldSecret()).ifPresent(secrets::add);
    }
    return secrets;
  }

  private Optional<String> open(byte[] sealed) {
    return box.open(sealed).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** {@code t=<seconds>,v1=<hex>}, with one v1 for each secret. */
  static String header(List<String> secrets, Instant now, byte[] body) {
    long seconds = now.getEpochSecond();
    byte[] time = (seconds + ".").getBytes(StandardCharsets.UTF_8);
    return "t="
        + seconds
        + secrets.stream()
            .map(secret -> ",v1=" + hmac(secret, time, body))
            .collect(Collectors.joining());
  }

  static String hmac(String secret, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has " + MAC, e);
    }
  }
}
