package dev.herald.simulator.scenario;

/**
 * Random numbers that depend on nothing but what they are drawn for: the seed, the person and the
 * callback data. Each decision has a purpose of its own, so that turning one knob leaves every
 * other decision as it was.
 */
public final class Draw {

  /** What a number is drawn for. Append only: the position is part of the outcome of a seed. */
  enum Purpose {
    UNREACHABLE,
    FAILURE,
    FAILURE_CODE,
    FAILED_AFTER_SENT,
    CONTRADICTION,
    CONTRADICTION_ORDER,
    SILENCE,
    HELD,
    HELD_DROPPED,
    DELIVERED,
    READ,
    READ_WITHOUT_DELIVERED,
    DELIVERED_BEFORE_SENT,
    REPLY,
    REPLY_BUTTON,
    REPLY_CONTEXT,
    REPLY_TEXT,
    STOP,
    OPT_OUT,
    HIDDEN_NUMBER,
    DUPLICATE,
    DUPLICATE_COPIES,
    COPY_DELAY,
    REORDER,
    REORDER_DELAY,
    LATE,
    SENT_DELAY,
    DELIVERED_DELAY,
    READ_DELAY,
    FAILED_DELAY,
    HELD_DELAY,
    REPLY_DELAY,
    FAULT,
    FAULT_VARIANT,
    ANSWER_LATENCY,
    PROFILE_NAME,
    POST_LAYOUT,
    POST_DUPLICATE;

    @SuppressWarnings("EnumOrdinal")
    long position() {
      return ordinal();
    }
  }

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long key;

  private Draw(long key) {
    this.key = key;
  }

  /** For one message. */
  public static Draw of(long seed, long person, String callback) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < callback.length(); i++) {
      hash = (hash ^ callback.charAt(i)) * 0x100000001B3L;
    }
    return new Draw(mix(mix(mix(seed) + person) + hash));
  }

  /** For a person, whatever is sent to them. */
  public static Draw ofPerson(long seed, long person) {
    return new Draw(mix(mix(seed ^ GOLDEN) + person));
  }

  /** For the nth of a sequence, such as webhook posts. */
  public static Draw ofSequence(long seed, long n) {
    return new Draw(mix(mix(seed + GOLDEN) + n));
  }

  /** Identifies what is drawn for, for example to count its attempts. */
  public long key() {
    return key;
  }

  /** Uniform in [0, 1). */
  double unit(Purpose purpose) {
    return unit(purpose, 0);
  }

  /** Uniform in [0, 1); {@code nth} tells several numbers of one purpose apart. */
  double unit(Purpose purpose, int nth) {
    return (mix(key + GOLDEN * (1 + purpose.position() + 64L * nth)) >>> 11) * 0x1.0p-53;
  }

  boolean happens(Purpose purpose, double rate) {
    return rate > 0 && unit(purpose) < rate;
  }

  boolean happens(Purpose purpose, int nth, double rate) {
    return rate > 0 && unit(purpose, nth) < rate;
  }

  /** A whole number in [0, bound). */
  int below(Purpose purpose, int nth, int bound) {
    return (int) (unit(purpose, nth) * bound);
  }

  /** Log-normal with the given median, cut at three sigma so that a run has an end. */
  long around(Purpose purpose, double median, double sigma) {
    if (median == 0 || sigma == 0) {
      return (long) median;
    }
    double radius = Math.sqrt(-2 * Math.log(1 - unit(purpose, 1)));
    double normal = radius * Math.cos(2 * Math.PI * unit(purpose, 2));
    return (long) (median * Math.exp(sigma * Math.clamp(normal, -3, 3)));
  }

  /** The finaliser of SplitMix64: every bit of the input reaches every bit of the output. */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
