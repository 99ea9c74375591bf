package dev.herald.simulator.scenario;

import dev.herald.simulator.scenario.Draw.Purpose;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the simulated WhatsApp behaves. Immutable, and a pure function: the same scenario answers the
 * same question the same way in every run, whatever the order of the questions.
 */
public final class Scenario {

  /** The one setting that is not a {@link Knob}: the shares of error codes among failures. */
  public static final String FAILURE_MIX = "failure_mix";

  private static final Knob[] KNOBS = Knob.values();

  private final Map<Knob, Double> values;
  private final FailureMix failureMix;
  private final double unreachableShare;

  private Scenario(Map<Knob, Double> values, FailureMix failureMix) {
    this.values = values;
    this.failureMix = failureMix;
    this.unreachableShare = failureMix.unreachableShare();
  }

  /**
   * A believable day: most messages arrive, some fail, webhooks are sometimes repeated and out of
   * order.
   */
  public static Scenario realistic() {
    Map<Knob, Double> values = new EnumMap<>(Knob.class);
    for (Knob knob : KNOBS) {
      values.put(knob, knob.parse(knob.fallback()));
    }
    return new Scenario(values, FailureMix.REALISTIC);
  }

  /**
   * Every message is sent, delivered and read at once and in order; nothing fails, repeats or is
   * limited per person.
   */
  public static Scenario smooth() {
    Scenario scenario = realistic();
    for (Knob knob : KNOBS) {
      boolean outcomeRate = knob.kind() == Knob.Kind.RATE;
      scenario = outcomeRate ? scenario.with(knob, "0") : scenario;
    }
    return scenario
        .with(Knob.DELIVERED_RATE, "1")
        .with(Knob.READ_RATE, "1")
        .with(Knob.TIME_SCALE, "0")
        .with(Knob.ANSWER_LATENCY, "0ms")
        .with(Knob.PAIR_LIMIT, "false")
        .with(Knob.WEBHOOK_IN_FLIGHT, "1");
  }

  public Scenario with(Knob knob, String value) {
    Map<Knob, Double> changed = new EnumMap<>(values);
    changed.put(knob, knob.parse(value));
    return new Scenario(changed, failureMix);
  }

  public Scenario with(Knob knob, double rateOrFactor) {
    return with(knob, knob.print(rateOrFactor));
  }

  public Scenario with(FailureMix mix) {
    return new Scenario(values, mix);
  }

  /**
   * Changes the named settings; an unknown name or a value out of range changes nothing and is an
   * error.
   */
  public Scenario with(Map<String, String> settings) {
    Scenario changed = this;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      if (setting.getKey().equals(FAILURE_MIX)) {
        changed = changed.with(FailureMix.parse(setting.getValue()));
      } else {
        Knob knob =
            Knob.of(setting.getKey())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "there is no setting named \"" + setting.getKey() + "\""));
        changed = changed.with(knob, setting.getValue());
      }
    }
    return changed;
  }

  /** Every setting by name, in the form {@link #with(Map)} reads. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Knob knob : KNOBS) {
      settings.put(knob.key(), knob.print(rate(knob)));
    }
    settings.put(FAILURE_MIX, failureMix.toString());
    return Collections.unmodifiableMap(settings);
  }

  public double rate(Knob knob) {
    return values.getOrDefault(knob, 0.0);
  }

  public boolean is(Knob knob) {
    return rate(knob) != 0;
  }

  public int count(Knob knob) {
    return (int) rate(knob);
  }

  /** A duration in microseconds, scaled if the knob is a delay. */
  public long micros(Knob knob) {
    double value = rate(knob);
    return (long) (knob.kind() == Knob.Kind.DELAY ? value * rate(Knob.TIME_SCALE) : value);
  }

  public long millis(Knob knob) {
    return micros(knob) / 1000;
  }

  public long seed() {
    return (long) rate(Knob.SEED);
  }

  /** What will happen to a message that is taken now. */
  public Outcome outcome(Subject subject) {
    return new Fate(this, subject).outcome();
  }

  /** How the answer of the nth attempt (from 0) to send this message goes. */
  public HttpFault fault(long person, String callback, int attempt) {
    if (is(Knob.MAGIC_NUMBERS)) {
      MagicNumber magic = MagicNumber.of(person).orElse(null);
      if (magic == MagicNumber.ANSWER_LOST) {
        return HttpFault.RESET_AFTER_ACCEPT;
      }
      if (magic == MagicNumber.ANSWER_TIMES_OUT) {
        return HttpFault.TIMEOUT;
      }
    }
    double unit = draw(person, callback).unit(Purpose.FAULT, attempt);
    for (HttpFault fault : FAULTS) {
      unit -= rate(knob(fault));
      if (unit < 0) {
        return fault;
      }
    }
    return HttpFault.NONE;
  }

  private static final HttpFault[] FAULTS = {
    HttpFault.RESET_BEFORE_ACCEPT,
    HttpFault.UNAVAILABLE,
    HttpFault.THROTTLED,
    HttpFault.TIMEOUT,
    HttpFault.ERROR_AFTER_ACCEPT,
    HttpFault.RESET_AFTER_ACCEPT,
    HttpFault.TRUNCATED,
    HttpFault.GARBAGE,
    HttpFault.SLOW
  };

  private static Knob knob(HttpFault fault) {
    return switch (fault) {
      case NONE -> throw new IllegalArgumentException("no fault has no rate");
      case RESET_BEFORE_ACCEPT -> Knob.FAULT_RESET_BEFORE_ACCEPT_RATE;
      case UNAVAILABLE -> Knob.FAULT_UNAVAILABLE_RATE;
      case THROTTLED -> Knob.FAULT_THROTTLED_RATE;
      case TIMEOUT -> Knob.FAULT_TIMEOUT_RATE;
      case ERROR_AFTER_ACCEPT -> Knob.FAULT_ERROR_AFTER_ACCEPT_RATE;
      case RESET_AFTER_ACCEPT -> Knob.FAULT_RESET_AFTER_ACCEPT_RATE;
      case TRUNCATED -> Knob.FAULT_TRUNCATED_RATE;
      case GARBAGE -> Knob.FAULT_GARBAGE_RATE;
      case SLOW -> Knob.FAULT_SLOW_RATE;
    };
  }

  /** Which of {@code bound} kinds of a wrong answer an attempt gets. */
  public int faultVariant(long person, String callback, int bound) {
    return draw(person, callback).below(Purpose.FAULT_VARIANT, 0, bound);
  }

  /**
   * Whether a throttling storm is on, {@code sinceStart} microseconds after the simulator started.
   */
  public boolean stormAt(long sinceStart) {
    long every = micros(Knob.STORM_EVERY);
    return every > 0 && sinceStart % every < micros(Knob.STORM_FOR);
  }

  /** How long the answer to a send takes, in microseconds. */
  public long answerLatency(long person, String callback) {
    double median = micros(Knob.ANSWER_LATENCY);
    return median == 0
        ? 0
        : draw(person, callback)
            .around(Purpose.ANSWER_LATENCY, median, rate(Knob.ANSWER_LATENCY_SPREAD));
  }

  /** Which of {@code bound} texts a person answers this message with. */
  public int replyText(long person, String callback, int bound) {
    return draw(person, callback).below(Purpose.REPLY_TEXT, 0, bound);
  }

  public boolean hidesNumber(long person) {
    return Draw.ofPerson(seed(), person)
        .happens(Purpose.HIDDEN_NUMBER, rate(Knob.HIDDEN_NUMBER_RATE));
  }

  /** Which of {@code bound} profile names a person has. */
  public int profileName(long person, int bound) {
    return Draw.ofPerson(seed(), person).below(Purpose.PROFILE_NAME, 0, bound);
  }

  /** Which of {@code bound} ways of grouping updates the nth webhook post uses. */
  public int postLayout(long n, int bound) {
    return Draw.ofSequence(seed(), n).below(Purpose.POST_LAYOUT, 0, bound);
  }

  /** Whether the nth webhook post is sent again after it was acknowledged. */
  public boolean repeatsPost(long n) {
    return Draw.ofSequence(seed(), n)
        .happens(Purpose.POST_DUPLICATE, rate(Knob.DUPLICATE_POST_RATE));
  }

  /** Names a message for counting the attempts to send it. */
  public long attemptKey(long person, String callback) {
    return draw(person, callback).key();
  }

  Draw draw(long person, String callback) {
    return Draw.of(seed(), person, callback);
  }

  double unreachableShare() {
    return unreachableShare;
  }

  int failureCode(Subject subject, double unit) {
    return failureMix.pick(subject, unit);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scenario that && settings().equals(that.settings());
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  @Override
  public String toString() {
    return settings().toString();
  }
}
