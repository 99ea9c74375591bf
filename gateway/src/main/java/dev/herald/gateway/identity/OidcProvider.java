package dev.herald.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.herald.runtime.HeraldException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with the OpenID Connect provider: authorization code flow with PKCE, state and nonce. What
 * it says is believed only in a token that it signed for us, for this very attempt.
 */
final class OidcProvider {
  private static final int TIMEOUT_MILLIS = 5000;
  private static final int MOST_BYTES = 512 * 1024;
  private static final Duration METADATA_GOOD_FOR = Duration.ofHours(1);

  /** Nothing signed with a shared secret, and nothing unsigned. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final OidcSettings settings;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Known known;

  private record Known(
      OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys, long learnedAt) {}

  /** One attempt of a browser to sign in. */
  record Attempt(State state, Nonce nonce, CodeVerifier verifier) {
    static Attempt begin() {
      return new Attempt(new State(), new Nonce(), new CodeVerifier());
    }
  }

  /** Somebody as the provider knows them. */
  record Proven(String subject, String email, boolean emailVerified, String name) {}

  OidcProvider(OidcSettings settings) {
    this.settings = settings;
  }

  OidcSettings settings() {
    return settings;
  }

  /** Where the browser goes to sign in. */
  URI authorization(Attempt attempt, URI redirect) {
    Scope scope = new Scope("openid");
    settings.scopes().forEach(scope::add);
    return new AuthenticationRequest.Builder(
            ResponseType.CODE, scope, new ClientID(settings.clientId()), redirect)
        .endpointURI(provider().metadata().getAuthorizationEndpointURI())
        .state(attempt.state())
        .nonce(attempt.nonce())
        .codeChallenge(attempt.verifier(), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /** Who comes back from the provider. */
  Proven redeem(Attempt attempt, URI redirect, Map<String, List<String>> query) {
    Known provider = provider();
    OIDCTokenResponse answer =
        exchange(provider, attempt, redirect, code(attempt, redirect, query));
    IDTokenClaimsSet claims = claims(provider, attempt, answer);
    String subject = claims.getSubject().getValue();
    Proven proven = proven(subject, claims);
    return proven.email().isEmpty() ? byUserInfo(provider, answer, subject) : proven;
  }

  private AuthorizationCode code(Attempt attempt, URI redirect, Map<String, List<String>> query) {
    AuthenticationResponse response;
    try {
      response = AuthenticationResponseParser.parse(redirect, query);
    } catch (ParseException e) {
      throw invalid("The provider's answer is incomplete", e);
    }
    if (!attempt.state().equals(response.getState())) {
      throw invalid("The answer is to no question of this browser", null);
    }
    if (response.getIssuer() != null && !response.getIssuer().equals(settings.issuer())) {
      throw invalid("The answer is another provider's", null);
    }
    if (!response.indicatesSuccess()) {
      throw refused(response.toErrorResponse().getErrorObject());
    }
    return Objects.requireNonNull(response.toSuccessResponse().getAuthorizationCode());
  }

  private OIDCTokenResponse exchange(
      Known provider, Attempt attempt, URI redirect, AuthorizationCode code) {
    AuthorizationCodeGrant grant = new AuthorizationCodeGrant(code, redirect, attempt.verifier());
    URI endpoint = provider.metadata().getTokenEndpointURI();
    ClientID client = new ClientID(settings.clientId());
    TokenRequest request =
        authentication(provider.metadata(), client)
            .map(proof -> new TokenRequest.Builder(endpoint, proof, grant).build())
            .orElseGet(() -> new TokenRequest.Builder(endpoint, client, grant).build());
    try {
      var response = OIDCTokenResponseParser.parse(send(request.toHTTPRequest()));
      if (!response.indicatesSuccess()) {
        throw refused(response.toErrorResponse().getErrorObject());
      }
      return (OIDCTokenResponse) response.toSuccessResponse();
    } catch (ParseException e) {
      throw invalid("The provider's tokens cannot be read", e);
    }
  }

  private Optional<ClientAuthentication> authentication(
      OIDCProviderMetadata metadata, ClientID client) {
    List<ClientAuthenticationMethod> ways = metadata.getTokenEndpointAuthMethods();
    boolean onlyPost =
        ways != null
            && !ways.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            && ways.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
    return settings
        .clientSecret()
        .map(secret -> new com.nimbusds.oauth2.sdk.auth.Secret(secret.value()))
        .map(
            secret ->
                onlyPost
                    ? new ClientSecretPost(client, secret)
                    : new ClientSecretBasic(client, secret));
  }

  // Signature, issuer, audience, expiry and nonce.
  private IDTokenClaimsSet claims(Known provider, Attempt attempt, OIDCTokenResponse answer) {
    IDTokenValidator validator =
        new IDTokenValidator(
            settings.issuer(),
            new ClientID(settings.clientId()),
            new JWSVerificationKeySelector<>(ALGORITHMS, provider.keys()),
            null);
    try {
      return validator.validate(answer.getOIDCTokens().getIDToken(), attempt.nonce());
    } catch (BadJOSEException e) {
      throw invalid("The provider's token is not good", e);
    } catch (JOSEException e) {
      throw unavailable(e);
    }
  }

  private Proven byUserInfo(Known provider, OIDCTokenResponse answer, String subject) {
    URI endpoint = provider.metadata().getUserInfoEndpointURI();
    if (endpoint == null) {
      return new Proven(subject, "", false, "");
    }
    try {
      HTTPRequest request =
          new UserInfoRequest(
                  endpoint, new BearerAccessToken(answer.getTokens().getAccessToken().getValue()))
              .toHTTPRequest();
      UserInfoResponse response = UserInfoResponse.parse(send(request));
      if (!response.indicatesSuccess()) {
        throw refused(response.toErrorResponse().getErrorObject());
      }
      var info = response.toSuccessResponse().getUserInfo();
      if (info == null || !subject.equals(info.getSubject().getValue())) {
        throw invalid("The provider speaks of somebody else", null);
      }
      return proven(subject, info);
    } catch (ParseException e) {
      throw invalid("The provider's answer cannot be read", e);
    }
  }

  private static Proven proven(String subject, ClaimsSet claims) {
    String email = claims.getStringClaim("email");
    String name = claims.getStringClaim("name");
    // Some providers write the word instead of the value.
    boolean verified =
        Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"))
            || "true".equals(claims.getStringClaim("email_verified"));
    return new Proven(subject, email == null ? "" : email, verified, name == null ? "" : name);
  }

  private Known provider() {
    Known present = known;
    if (present != null && isFresh(present)) {
      return present;
    }
    asking.lock();
    try {
      present = known;
      if (present == null || !isFresh(present)) {
        present = ask(present);
        known = present;
      }
      return present;
    } finally {
      asking.unlock();
    }
  }

  private static boolean isFresh(Known known) {
    return System.nanoTime() - known.learnedAt() < METADATA_GOOD_FOR.toNanos();
  }

  // What was known before is good enough while the provider does not answer.
  private Known ask(@Nullable Known before) {
    try {
      OIDCProviderMetadata metadata =
          OIDCProviderMetadata.resolve(settings.issuer(), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
      JWKSource<SecurityContext> keys =
          JWKSourceBuilder.create(
                  metadata.getJWKSetURI().toURL(),
                  new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES))
              .build();
      return new Known(metadata, keys, System.nanoTime());
    } catch (GeneralException | IOException | IllegalArgumentException e) {
      if (before != null) {
        return before;
      }
      throw unavailable(e);
    }
  }

  private static HTTPResponse send(HTTPRequest request) {
    request.setConnectTimeout(TIMEOUT_MILLIS);
    request.setReadTimeout(TIMEOUT_MILLIS);
    request.setFollowRedirects(false);
    try {
      return request.send();
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private static HeraldException refused(@Nullable ErrorObject error) {
    String code = error == null ? "" : String.valueOf(error.getCode());
    return HeraldException.unauthenticated(
        "OIDC_REFUSED", "The provider refused to sign this person in: " + code);
  }

  private static HeraldException invalid(String what, @Nullable Exception cause) {
    HeraldException error = HeraldException.unauthenticated("OIDC_INVALID", what + ".");
    return cause == null ? error : error.causedBy(cause);
  }

  private static HeraldException unavailable(Exception cause) {
    return HeraldException.unavailable("OIDC_UNAVAILABLE", "The provider does not answer just now.")
        .causedBy(cause);
  }
}
