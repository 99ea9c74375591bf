package dev.herald.campaign.audience;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One reading of an audience: progress while it runs, result when it is over. */
public record AudienceImport(
    long audience,
    State state,
    int rows,
    int accepted,
    int duplicates,
    int rejected,
    int optedOut,
    List<String> columns,
    long totalBytes,
    long readBytes,
    String failureReason,
    String failureMessage,
    Instant startedAt,
    @Nullable Instant endedAt) {

  /** Where it stands. */
  public enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /** How much has been read, 0 to 100; 0 while the size is not known. */
  public int percent() {
    if (state == State.DONE) {
      return 100;
    }
    if (totalBytes <= 0) {
      return 0;
    }
    return Math.clamp(readBytes * 100 / totalBytes, 0, 100);
  }
}
