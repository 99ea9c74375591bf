package dev.herald.runtime.access;

import java.util.Optional;

/**
 * What a caller may do: people and API keys are viewers, operators or owners; services stand apart.
 */
public enum Role {
  VIEWER,
  OPERATOR,
  OWNER,
  SERVICE;

  /**
   * True if a caller of this role may call a method that requires {@code required}. A service may
   * call only what is made for services: it has no workspace, so it cannot act as somebody in one.
   */
  public boolean permits(Role required) {
    if (this == SERVICE || required == SERVICE) {
      return this == required;
    }
    return compareTo(required) >= 0;
  }

  /** The name used in tokens and JSON. */
  public String claim() {
    return switch (this) {
      case VIEWER -> "viewer";
      case OPERATOR -> "operator";
      case OWNER -> "owner";
      case SERVICE -> "service";
    };
  }

  public static Optional<Role> ofClaim(String claim) {
    for (Role role : values()) {
      if (role.claim().equals(claim)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
