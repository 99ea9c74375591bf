package dev.herald.reliability.schedule;

/**
 * One thing that is done.
 *
 * @param afterMillis from the launch of the campaign
 * @param target the part, link or point; "" where there is only one
 * @param millis how long it lasts, or which hit of a point
 */
public record Fault(int afterMillis, FaultKind kind, String target, int millis) {
  @Override
  public String toString() {
    return "%5d ms %s %s%s".formatted(afterMillis, kind, target, millis > 0 ? " " + millis : "");
  }
}
