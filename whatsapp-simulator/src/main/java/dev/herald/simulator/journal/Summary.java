package dev.herald.simulator.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.Update;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Counts of messages.
 *
 * @param answers accepted messages by how the answer went
 * @param outcomes messages by the exact set of updates acknowledged, such as {@code
 *     sent+delivered+read}; {@code -} for none
 * @param failures messages with an acknowledged `failed`, by error code
 * @param complete messages all of whose planned updates are acknowledged
 */
public record Summary(
    long accepted,
    long held,
    long complete,
    Map<HttpFault, Long> answers,
    Map<Update, Long> planned,
    Map<Update, Long> emitted,
    Map<Update, Long> acknowledged,
    Map<String, Long> outcomes,
    Map<Integer, Long> failures) {

  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("accepted", accepted).put("held", held).put("complete", complete);
    counts(json.putObject("answers"), answers);
    counts(json.putObject("planned"), planned);
    counts(json.putObject("emitted"), emitted);
    counts(json.putObject("acknowledged"), acknowledged);
    counts(json.putObject("outcomes"), outcomes);
    counts(json.putObject("failures"), failures);
    return json;
  }

  private static void counts(ObjectNode json, Map<?, Long> counts) {
    counts.forEach((name, count) -> json.put(name.toString().toLowerCase(Locale.ROOT), count));
  }

  /** Adds up messages. */
  static final class Builder {
    private long accepted;
    private long held;
    private long complete;
    private final long[] answers = new long[HttpFault.values().length];
    private final long[] planned = new long[Update.values().length];
    private final long[] emitted = new long[Update.values().length];
    private final long[] acknowledged = new long[Update.values().length];
    private final long[] outcomes = new long[1 << Update.values().length];
    private final Map<Integer, Long> failures = new TreeMap<>();

    void add(
        HttpFault fault,
        boolean wasHeld,
        int plannedBits,
        int emittedBits,
        int acknowledgedBits,
        int failure) {
      accepted++;
      held += wasHeld ? 1 : 0;
      complete += (plannedBits & ~acknowledgedBits) == 0 ? 1 : 0;
      answers[fault.code()]++;
      addBits(planned, plannedBits);
      addBits(emitted, emittedBits);
      addBits(acknowledged, acknowledgedBits);
      outcomes[acknowledgedBits]++;
      if ((acknowledgedBits & Update.FAILED.bit()) != 0) {
        failures.merge(failure, 1L, Long::sum);
      }
    }

    private static void addBits(long[] counts, int bits) {
      for (int rest = bits; rest != 0; rest &= rest - 1) {
        counts[Integer.numberOfTrailingZeros(rest)]++;
      }
    }

    Summary build() {
      Map<HttpFault, Long> byAnswer = new EnumMap<>(HttpFault.class);
      for (int i = 0; i < answers.length; i++) {
        if (answers[i] > 0) {
          byAnswer.put(HttpFault.at(i), answers[i]);
        }
      }
      Map<String, Long> byOutcome = new TreeMap<>();
      for (int bits = 0; bits < outcomes.length; bits++) {
        if (outcomes[bits] > 0) {
          byOutcome.put(name(Update.set(bits)), outcomes[bits]);
        }
      }
      return new Summary(
          accepted,
          held,
          complete,
          byAnswer,
          byUpdate(planned),
          byUpdate(emitted),
          byUpdate(acknowledged),
          byOutcome,
          failures);
    }

    private static String name(Set<Update> updates) {
      return updates.isEmpty()
          ? "-"
          : updates.stream().map(Update::key).collect(Collectors.joining("+"));
    }

    private static Map<Update, Long> byUpdate(long[] counts) {
      Map<Update, Long> map = new EnumMap<>(Update.class);
      for (int i = 0; i < counts.length; i++) {
        map.put(Update.at(i), counts[i]);
      }
      return map;
    }
  }
}
