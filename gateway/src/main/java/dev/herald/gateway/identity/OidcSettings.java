package dev.herald.gateway.identity;

import com.nimbusds.oauth2.sdk.id.Issuer;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final Pattern DOMAIN_ROLE =
      Pattern.compile("([A-Za-z0-9.-]+)=(OWNER|OPERATOR|VIEWER)");

  /** Empty without HERALD_OIDC_ISSUER. */
  public static Optional<OidcSettings> from(Settings settings) {
    URI issuer =
        settings.uri(
            "HERALD_OIDC_ISSUER",
            "",
            "OpenID Connect provider by which people may sign in, such as"
                + " https://login.example.com.");
    String client =
        settings.string("HERALD_OIDC_CLIENT_ID", "", "The name under which it knows Herald.");
    Secret secret =
        settings.secretOr(
            "HERALD_OIDC_CLIENT_SECRET", "", "The secret it gave Herald; none for PKCE alone.");
    String label =
        settings.string(
            "HERALD_OIDC_LABEL", "single sign-on", "What the button says after 'Sign in with'.");
    List<String> scopes =
        settings.list(
            "HERALD_OIDC_SCOPES", List.of("email", "profile"), "Scopes asked for beside openid.");
    List<String> domains =
        settings.list(
            "HERALD_OIDC_DOMAINS",
            List.of(),
            "Whose people come in without an invitation, and as what: example.com=VIEWER.");
    if (issuer.toString().isEmpty()) {
      return Optional.empty();
    }
    if (!isSafe(issuer)) {
      throw new SettingException("HERALD_OIDC_ISSUER must be an https address: " + issuer);
    }
    if (client.isEmpty()) {
      throw new SettingException("HERALD_OIDC_ISSUER needs HERALD_OIDC_CLIENT_ID.");
    }
    return Optional.of(
        new OidcSettings(
            new Issuer(issuer),
            client,
            Optional.of(secret).filter(given -> !given.value().isEmpty()),
            label,
            scopes,
            domainRoles(domains)));
  }

  private static Map<String, Role> domainRoles(List<String> domains) {
    Map<String, Role> roles = new HashMap<>();
    for (String domain : domains) {
      Matcher parts = DOMAIN_ROLE.matcher(domain);
      if (!parts.matches()) {
        throw new SettingException(
            "HERALD_OIDC_DOMAINS must be domains with OWNER, OPERATOR or VIEWER, such as"
                + " example.com=VIEWER: "
                + domain);
      }
      roles.put(parts.group(1).toLowerCase(Locale.ROOT), Role.valueOf(parts.group(2)));
    }
    return Map.copyOf(roles);
  }

  /** True if what goes to this address cannot be read on the way. */
  private static boolean isSafe(URI issuer) {
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
