package dev.herald.simulator.account;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Meta app: who calls the API and who is called back.
 *
 * @param id digits
 * @param accessTokens tokens its callers may use
 * @param appSecret signs its webhooks
 * @param callbackUrl where its webhooks go; null = nowhere
 * @param verifyToken what the receiver expects in the handshake
 */
public record App(
    String id,
    String name,
    Set<String> accessTokens,
    String appSecret,
    @Nullable String callbackUrl,
    String verifyToken) {

  public App {
    accessTokens = Set.copyOf(accessTokens);
  }

  public App withCallback(@Nullable String url, String token) {
    return new App(id, name, accessTokens, appSecret, url, token);
  }

  public App withAppSecret(String secret) {
    return new App(id, name, accessTokens, secret, callbackUrl, verifyToken);
  }

  public App withAccessTokens(Set<String> tokens) {
    return new App(id, name, tokens, appSecret, callbackUrl, verifyToken);
  }

  /** Without its secrets, which a log line must not show. */
  @Override
  public String toString() {
    return "App[" + id + ", " + name + ", " + callbackUrl + "]";
  }
}
