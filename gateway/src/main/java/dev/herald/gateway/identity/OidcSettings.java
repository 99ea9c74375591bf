package dev.herald.gateway.identity;

import com.nimbusds.oauth2.sdk.id.Issuer;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.config.Secret;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The OpenID Connect provider by which people may sign in.
 *
 * @param issuer as the provider names itself
 * @param clientSecret empty: Herald is a public client and relies on PKCE alone
 * @param label what the button says after "Sign in with"
 * @param domainRoles whoever has an address of this domain may come in without an invitation
 */
public record OidcSettings(
    Issuer issuer,
    String clientId,
    Optional<Secret> clientSecret,
    String label,
    List<String> scopes,
    Map<String, Role> domainRoles) {

  /** True if what goes to this address cannot be read on the way. */
  public static boolean isSafe(URI issuer) {
    String host = String.valueOf(issuer.getHost());
    if ("https".equals(issuer.getScheme())) {
      return issuer.getHost() != null;
    }
    return "http".equals(issuer.getScheme()) && isThisMachine(host);
  }

  private static boolean isThisMachine(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The role that the domain of an address gives. */
  Optional<Role> roleOf(String email) {
    int at = email.lastIndexOf('@');
    return Optional.ofNullable(domainRoles.get(email.substring(at + 1).toLowerCase(Locale.ROOT)));
  }
}
