package dev.herald.simulator.scenario;

import dev.herald.simulator.error.ErrorCode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How failures are shared among error codes, as weights. A code that cannot befall a message (a
 * media error without media, a marketing limit on a one-time password) is left out and its weight
 * shared by the others.
 */
public record FailureMix(Map<Integer, Integer> weights) {

  public static final FailureMix REALISTIC =
      parse("131026:45,131049:30,130472:5,131050:8,131053:5,131000:7");

  public FailureMix {
    weights = Collections.unmodifiableMap(new TreeMap<>(weights));
    if (weights.values().stream().anyMatch(weight -> weight < 0)
        || weights.values().stream().allMatch(w -> w == 0)) {
      throw new IllegalArgumentException(
          "failure_mix needs weights of 0 or more, one of them positive");
    }
    weights.keySet().stream()
        .filter(code -> ErrorCode.of(code).isEmpty())
        .findFirst()
        .ifPresent(
            code -> {
              throw new IllegalArgumentException(
                  "failure_mix names " + code + ", which the simulator does not know");
            });
  }

  /** Reads {@code 131026:45,131049:30}. */
  public static FailureMix parse(String text) {
    Map<Integer, Integer> weights = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split(":", -1);
      try {
        weights.put(Integer.parseInt(pair[0]), Integer.parseInt(pair[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            "failure_mix must read 131026:45,131049:30, not \"" + text + "\"", e);
      }
    }
    return new FailureMix(weights);
  }

  /** The share of failures that come from the person not being reachable at all (131026). */
  double unreachableShare() {
    double total = weights.values().stream().mapToInt(Integer::intValue).sum();
    return weights.getOrDefault(ErrorCode.UNDELIVERABLE.code(), 0) / total;
  }

  /**
   * The code of a failure that is not the person's unreachability, or 0 if none of the codes can
   * befall the message. {@code unit} is uniform in [0, 1).
   */
  int pick(Subject subject, double unit) {
    int total = 0;
    for (Map.Entry<Integer, Integer> entry : weights.entrySet()) {
      total += applies(entry.getKey(), subject) ? entry.getValue() : 0;
    }
    int point = (int) (unit * total);
    for (Map.Entry<Integer, Integer> entry : weights.entrySet()) {
      if (applies(entry.getKey(), subject)) {
        point -= entry.getValue();
        if (point < 0) {
          return entry.getKey();
        }
      }
    }
    return 0;
  }

  private static boolean applies(int code, Subject subject) {
    return switch (ErrorCode.of(code).orElseThrow()) {
      case UNDELIVERABLE -> false;
      case ECOSYSTEM, EXPERIMENT, MARKETING_STOPPED -> subject.kind() == MessageKind.MARKETING;
      case MEDIA_UPLOAD -> subject.mediaLink();
      default -> true;
    };
  }

  @Override
  public String toString() {
    return weights.entrySet().stream()
        .map(entry -> entry.getKey() + ":" + entry.getValue())
        .collect(Collectors.joining(","));
  }
}
