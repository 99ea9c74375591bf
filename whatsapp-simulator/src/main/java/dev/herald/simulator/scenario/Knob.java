package dev.herald.simulator.scenario;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every number that shapes how the simulated WhatsApp behaves. The name is the same everywhere:
 * {@code HERALD_SIMULATOR_<NAME>} in the environment, {@code name} in lower case in {@code
 * /simulator/scenario}.
 */
public enum Knob {
  SEED(Kind.COUNT, "1", "decides every outcome together with the recipient and the callback data"),
  TIME_SCALE(
      Kind.FACTOR, "1", "multiplies every delay below; 0.001 turns seconds into milliseconds"),

  ANSWER_LATENCY(Kind.DURATION, "40ms", "median time from request to answer of a send; not scaled"),
  ANSWER_LATENCY_SPREAD(
      Kind.FACTOR, "0.35", "spread (sigma of a log-normal distribution) of the answer latency"),
  SENT_DELAY(Kind.DELAY, "400ms", "median time from acceptance to `sent`"),
  DELIVERED_DELAY(Kind.DELAY, "1500ms", "median time from `sent` to `delivered`"),
  READ_DELAY(Kind.DELAY, "8s", "median time from `delivered` to `read`"),
  FAILED_DELAY(
      Kind.DELAY,
      "600ms",
      "median time from acceptance, or from the status before it, to `failed`"),
  HELD_DELAY(Kind.DELAY, "20s", "median time a message is held for quality assessment"),
  REPLY_DELAY(Kind.DELAY, "15s", "median time from `delivered` to an answer of the person"),
  DELAY_SPREAD(Kind.FACTOR, "0.5", "spread (sigma of a log-normal distribution) of the delays"),

  FAILURE_RATE(Kind.RATE, "0.06", "accepted messages that end `failed`"),
  FAILED_AFTER_SENT_RATE(Kind.RATE, "0.3", "failing messages that were reported `sent` first"),
  CONTRADICTION_RATE(
      Kind.RATE, "0.002", "messages reported both `delivered` and `failed`, in either order"),
  SILENCE_RATE(Kind.RATE, "0.001", "accepted messages of which nothing is ever heard again"),
  HELD_RATE(Kind.RATE, "0.01", "templates answered `held_for_quality_assessment`"),
  HELD_DROPPED_RATE(Kind.RATE, "0.1", "held messages that are dropped (failed with 132015)"),
  DELIVERED_RATE(Kind.RATE, "0.96", "sent messages that are delivered; the others stay `sent`"),
  READ_RATE(Kind.RATE, "0.62", "delivered messages that are read"),
  READ_WITHOUT_DELIVERED_RATE(
      Kind.RATE, "0.08", "read messages whose `delivered` is never reported"),
  DELIVERED_BEFORE_SENT_RATE(
      Kind.RATE, "0.03", "messages whose `sent` is reported after the next status"),

  REPLY_RATE(Kind.RATE, "0.06", "delivered messages the person answers"),
  BUTTON_SHARE(
      Kind.RATE, "0.5", "answers to templates with quick replies that are a tap on a button"),
  REPLY_WITHOUT_CONTEXT_RATE(Kind.RATE, "0.15", "text answers that do not quote the message"),
  STOP_RATE(Kind.RATE, "0.004", "delivered messages answered with STOP"),
  OPT_OUT_RATE(
      Kind.RATE,
      "0.003",
      "delivered marketing templates after which the person stops marketing messages"),
  HIDDEN_NUMBER_RATE(
      Kind.RATE,
      "0",
      "persons whose phone number is missing from webhooks (only the user id is there)"),

  DUPLICATE_RATE(Kind.RATE, "0.03", "updates that are delivered more than once"),
  DUPLICATE_COPIES(Kind.COUNT, "2", "most further copies of a duplicated update"),
  DUPLICATE_POST_RATE(
      Kind.RATE, "0.01", "whole webhook posts that are repeated after they were acknowledged"),
  REORDER_RATE(Kind.RATE, "0.05", "updates held back by up to the reorder window"),
  REORDER_WINDOW(Kind.DELAY, "3s", "how long updates and copies are held back at most"),
  LATE_RATE(Kind.RATE, "0", "updates that arrive very late, with their original timestamp"),
  LATE_DELAY(Kind.DELAY, "1h", "how late they arrive"),

  WEBHOOK_BATCH_SIZE(Kind.COUNT, "1000", "most updates in one webhook post"),
  WEBHOOK_INTERVAL(Kind.DURATION, "50ms", "how long updates are collected before a post"),
  WEBHOOK_IN_FLIGHT(Kind.COUNT, "4", "webhook posts under way at the same time, per callback URL"),
  WEBHOOK_TIMEOUT(Kind.DURATION, "10s", "how long the receiver may take to answer"),
  WEBHOOK_RETRY_DELAY(
      Kind.DURATION,
      "1s",
      "wait before the first repetition of a post that was not answered 200; doubles"),
  WEBHOOK_RETRY_MAX_DELAY(Kind.DURATION, "30s", "longest wait between two repetitions"),
  WEBHOOK_RETRY_FOR(Kind.DURATION, "36h", "how long an update is repeated before it is dropped"),
  WEBHOOK_BACKLOG(
      Kind.COUNT,
      "5000000",
      "most updates waiting for one callback URL; beyond it the newest are dropped"),
  WEBHOOK_VERSION(
      Kind.COUNT,
      "25",
      "Graph version of webhook payloads; below 24 statuses carry `conversation`"),

  FAULT_TIMEOUT_RATE(Kind.RATE, "0", "accepted sends that are never answered"),
  FAULT_TIMEOUT_HOLD(Kind.DURATION, "60s", "how long such a connection is kept open"),
  FAULT_ERROR_AFTER_ACCEPT_RATE(
      Kind.RATE, "0", "accepted sends answered 5xx, or with a redirect elsewhere"),
  FAULT_RESET_AFTER_ACCEPT_RATE(Kind.RATE, "0", "accepted sends answered by a connection reset"),
  FAULT_TRUNCATED_RATE(Kind.RATE, "0", "accepted sends whose answer breaks off in the middle"),
  FAULT_GARBAGE_RATE(
      Kind.RATE, "0", "accepted sends answered 200 with something else than Meta's answer"),
  FAULT_SLOW_RATE(Kind.RATE, "0", "accepted sends whose answer drips byte by byte"),
  FAULT_SLOW_FOR(Kind.DURATION, "5s", "how long such an answer takes"),
  FAULT_RESET_BEFORE_ACCEPT_RATE(
      Kind.RATE, "0", "sends whose connection is reset before they are taken"),
  FAULT_UNAVAILABLE_RATE(Kind.RATE, "0", "sends refused with HTTP 503, code 2, and not taken"),
  FAULT_THROTTLED_RATE(Kind.RATE, "0", "sends refused with HTTP 429, code 130429, and not taken"),
  STORM_EVERY(Kind.DURATION, "0s", "period of throttling storms; 0 = none"),
  STORM_FOR(Kind.DURATION, "0s", "how long each storm refuses every send with HTTP 429"),

  PAIR_LIMIT(Kind.SWITCH, "true", "whether the limit of messages to the same person applies"),
  PAIR_INTERVAL(Kind.DURATION, "6s", "one message to a person per this time, in the long run"),
  PAIR_BURST(Kind.COUNT, "45", "messages to a person that may be borrowed from the future"),
  INBOUND_COUNTS(
      Kind.SWITCH,
      "true",
      "whether messages of persons use up the number's throughput, as at Meta"),
  WINDOW(Kind.DURATION, "24h", "customer service window after a message of the person"),
  WINDOW_REFUSED_AT_ONCE(
      Kind.SWITCH,
      "false",
      "whether a free message outside the window is refused in the answer instead of failing by"
          + " webhook (131047)"),
  LOCAL_WA_IDS(
      Kind.SWITCH,
      "true",
      "whether wa_id differs from the number where Meta's does (Brazil, Mexico)"),
  TEMPLATE_REVIEW_DELAY(Kind.DELAY, "2s", "time until a created or edited template is approved"),
  MAGIC_NUMBERS(
      Kind.SWITCH,
      "false",
      "whether the last four digits of a number may force its outcome (see MagicNumber)");

  /** What the value of a knob is. */
  public enum Kind {
    /** A share, 0 to 1. */
    RATE,
    /** A duration multiplied by {@link #TIME_SCALE}. */
    DELAY,
    /** A duration taken as it is. */
    DURATION,
    /** A whole number. */
    COUNT,
    /** A factor, 0 or more. */
    FACTOR,
    /** true or false. */
    SWITCH
  }

  private static final double MOST_DAYS = 400;
  private static final Pattern DURATION_TEXT =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)(us|ms|s|m|h|d)");

  private final Kind kind;
  private final String fallback;
  private final String meaning;

  Knob(Kind kind, String fallback, String meaning) {
    this.kind = kind;
    this.fallback = fallback;
    this.meaning = meaning;
  }

  public Kind kind() {
    return kind;
  }

  public String fallback() {
    return fallback;
  }

  public String meaning() {
    return meaning;
  }

  /** The name in JSON: {@code read_rate}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Knob> of(String key) {
    return Arrays.stream(values()).filter(knob -> knob.key().equals(key)).findFirst();
  }

  /** The value as a number: durations in microseconds, switches as 0 or 1. */
  double parse(String text) {
    try {
      return switch (kind) {
        case RATE -> within(Double.parseDouble(text), 0, 1, text);
        case FACTOR -> within(Double.parseDouble(text), 0, 1e6, text);
        case COUNT -> within((double) Long.parseLong(text), 0, 1L << 53, text);
        case DELAY, DURATION -> micros(text);
        case SWITCH ->
            switch (text) {
              case "true" -> 1;
              case "false" -> 0;
              default -> throw invalid(text);
            };
      };
    } catch (NumberFormatException e) {
      throw invalid(text);
    }
  }

  String print(double value) {
    return switch (kind) {
      case RATE, FACTOR ->
          value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
      case COUNT -> Long.toString((long) value);
      case DELAY, DURATION -> printMicros((long) value);
      case SWITCH -> Boolean.toString(value != 0);
    };
  }

  private static String printMicros(long micros) {
    if (micros % 1_000_000 == 0) {
      return micros / 1_000_000 + "s";
    }
    return micros % 1000 == 0 ? micros / 1000 + "ms" : micros + "us";
  }

  private double micros(String text) {
    Matcher matcher = DURATION_TEXT.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    double unit =
        switch (matcher.group(2)) {
          case "us" -> 1;
          case "ms" -> 1e3;
          case "s" -> 1e6;
          case "m" -> 60e6;
          case "h" -> 3600e6;
          default -> 86_400e6;
        };
    return within(
        Math.rint(Double.parseDouble(matcher.group(1)) * unit), 0, MOST_DAYS * 86_400e6, text);
  }

  private double within(double value, double least, double most, String text) {
    if (!(value >= least && value <= most)) {
      throw invalid(text);
    }
    return value;
  }

  private IllegalArgumentException invalid(String text) {
    String expected =
        switch (kind) {
          case RATE -> "a number from 0 to 1";
          case FACTOR -> "a number, 0 or more";
          case COUNT -> "a whole number, 0 or more";
          case DELAY, DURATION -> "a duration such as 250ms, 30s, 5m, 2h or 7d";
          case SWITCH -> "true or false";
        };
    return new IllegalArgumentException(key() + " must be " + expected + ", not \"" + text + "\"");
  }
}
