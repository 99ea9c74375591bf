package dev.herald.runtime.access;

import java.time.Duration;

/** The fixed parts of Herald's tokens, on both sides. */
public final class Claims {
  /** Issuer of tokens for people and API keys: the gateway. */
  public static final String ISSUER = "herald";

  /** Issuer of tokens between services. */
  public static final String SERVICE_ISSUER = "herald-service";

  public static final String AUDIENCE = "herald";
  public static final String WORKSPACE = "workspace";
  public static final String ROLE = "role";

  /** A person's or API key's token lives at most this long. */
  public static final Duration MAX_LIFETIME = Duration.ofMinutes(10);

  public static final Duration SERVICE_LIFETIME = Duration.ofMinutes(5);

  /** Clocks of two machines may differ by this much. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  private Claims() {}
}
