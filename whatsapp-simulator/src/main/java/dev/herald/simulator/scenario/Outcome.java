package dev.herald.simulator.scenario;

import java.util.List;

/**
 * Everything that will happen to an accepted message.
 *
 * @param held whether the answer says held_for_quality_assessment
 * @param failureCode the error code of its FAILED update, or 0
 */
public record Outcome(boolean held, int failureCode, List<PlannedUpdate> updates) {

  /** The set of updates planned, as bits of {@link Update#bit()}. */
  public int bits() {
    int bits = 0;
    for (PlannedUpdate planned : updates) {
      bits |= planned.update().bit();
    }
    return bits;
  }
}
