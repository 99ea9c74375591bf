package dev.herald.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one error that crosses Herald's edges: a machine-readable reason, a sentence for a person,
 * and the fields concerned. The gRPC edge turns it into google.rpc.Status, a client turns that back
 * into this class, and the gateway turns it into problem+json.
 */
public final class HeraldException extends RuntimeException {

  /** What a caller can do about the error; each kind is one gRPC code and one HTTP status. */
  public enum Kind {
    INVALID,
    NOT_FOUND,
    ALREADY_EXISTS,
    PRECONDITION,
    PERMISSION,
    UNAUTHENTICATED,
    EXHAUSTED,
    ABORTED,
    UNAVAILABLE,
    DEADLINE,
    CANCELLED,
    UNIMPLEMENTED,
    INTERNAL;

    /** True if the same request may succeed later without being changed. */
    public boolean isTransient() {
      return this == EXHAUSTED || this == ABORTED || this == UNAVAILABLE || this == DEADLINE;
    }
  }

  private final Kind kind;
  private final String reason;
  private final List<FieldViolation> violations;
  private final Map<String, String> metadata;
  private final @Nullable Duration retryAfter;

  private HeraldException(
      Kind kind,
      String reason,
      String message,
      List<FieldViolation> violations,
      Map<String, String> metadata,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.reason = reason;
    this.violations = List.copyOf(violations);
    this.metadata = Map.copyOf(metadata);
    this.retryAfter = retryAfter;
  }

  public static HeraldException of(Kind kind, String reason, String message) {
    return new HeraldException(kind, reason, message, List.of(), Map.of(), null, null);
  }

  /** One field of the request is wrong. */
  public static HeraldException invalid(String field, String reason, String message) {
    return new HeraldException(
        Kind.INVALID,
        reason,
        message,
        List.of(new FieldViolation(field, reason, message)),
        Map.of(),
        null,
        null);
  }

  /** Several fields of the request are wrong. */
  public static HeraldException invalid(
      String reason, String message, List<FieldViolation> violations) {
    return new HeraldException(Kind.INVALID, reason, message, violations, Map.of(), null, null);
  }

  public static HeraldException notFound(String reason, String message) {
    return of(Kind.NOT_FOUND, reason, message);
  }

  public static HeraldException alreadyExists(String reason, String message) {
    return of(Kind.ALREADY_EXISTS, reason, message);
  }

  public static HeraldException precondition(String reason, String message) {
    return of(Kind.PRECONDITION, reason, message);
  }

  public static HeraldException precondition(
      String reason, String message, Map<String, String> metadata) {
    return precondition(reason, message).with(metadata);
  }

  public static HeraldException permission(String reason, String message) {
    return of(Kind.PERMISSION, reason, message);
  }

  public static HeraldException unauthenticated(String reason, String message) {
    return of(Kind.UNAUTHENTICATED, reason, message);
  }

  /** A limit is reached; the same request may succeed after {@code retryAfter}. */
  public static HeraldException exhausted(String reason, String message, Duration retryAfter) {
    return of(Kind.EXHAUSTED, reason, message).retryAfter(retryAfter);
  }

  /** Lost a race with another writer; the same request may succeed at once. */
  public static HeraldException aborted(String reason, String message) {
    return of(Kind.ABORTED, reason, message);
  }

  public static HeraldException unavailable(String reason, String message) {
    return of(Kind.UNAVAILABLE, reason, message);
  }

  public static HeraldException unimplemented(String reason, String message) {
    return of(Kind.UNIMPLEMENTED, reason, message);
  }

  /** Something that should not happen; the message goes to the log, never to the caller. */
  public static HeraldException internal(String message, @Nullable Throwable cause) {
    return new HeraldException(
        Kind.INTERNAL, "INTERNAL", message, List.of(), Map.of(), null, cause);
  }

  /** A copy with these entries added to the metadata. */
  public HeraldException with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(metadata);
    all.putAll(more);
    return copy(violations, all, retryAfter, getCause());
  }

  /** A copy that names the fields concerned. */
  public HeraldException withViolations(List<FieldViolation> fields) {
    return copy(fields, metadata, retryAfter, getCause());
  }

  /** A copy that tells the caller when to try again. */
  public HeraldException retryAfter(Duration delay) {
    return copy(violations, metadata, delay, getCause());
  }

  /** A copy that remembers why, for the log of this process. */
  public HeraldException causedBy(Throwable cause) {
    return copy(violations, metadata, retryAfter, cause);
  }

  private HeraldException copy(
      List<FieldViolation> newViolations,
      Map<String, String> newMetadata,
      @Nullable Duration newRetryAfter,
      @Nullable Throwable newCause) {
    var copy =
        new HeraldException(
            kind, reason, message(), newViolations, newMetadata, newRetryAfter, newCause);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  public Kind kind() {
    return kind;
  }

  /** Machine-readable, UPPER_SNAKE_CASE, stable: callers may decide on it. */
  public String reason() {
    return reason;
  }

  /** For a person: what happened and what to do. */
  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  public List<FieldViolation> violations() {
    return violations;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
