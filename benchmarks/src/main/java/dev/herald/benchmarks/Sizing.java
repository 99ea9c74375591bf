package dev.herald.benchmarks;

import java.util.Locale;
import java.util.Map;

/**
 * How a large campaign comes back: a calculation, not a run. Messages leave at the channels' rate,
 * or as fast as the dispatchers can; their statuses arrive with WhatsApp's delays and are merged as
 * fast as the database can; what cannot be merged yet waits in the webhook log. Says where it piles
 * up, how much and for how long. The merging is as the other benchmarks measured it on one machine,
 * less a third; what one dispatcher can send is assumed; both can be told otherwise.
 */
final class Sizing implements Benchmark {
  private static final int DAY = 86_400;
  private static final int HORIZON = 3 * DAY;

  /**
   * A kind of status: how many of a hundred messages get it, and when after sending.
   *
   * @param medianSeconds of a log-normal delay
   * @param sigma of its logarithm
   */
  private record Status(String name, int percent, double medianSeconds, double sigma) {
    /** The share of these statuses that has come after so many seconds. */
    double comeAfter(double seconds) {
      return seconds <= 0 ? 0 : normal(Math.log(seconds / medianSeconds) / sigma);
    }

    // Abramowitz and Stegun 26.2.17, to 1e-7.
    private static double normal(double x) {
      double t = 1 / (1 + 0.2316419 * Math.abs(x));
      double tail =
          Math.exp(-x * x / 2)
              / Math.sqrt(2 * Math.PI)
              * t
              * (0.319381530
                  + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
      return x < 0 ? tail : 1 - tail;
    }
  }

  private static final Status[] STATUSES = {
    new Status("sent", 99, 1, 0.7),
    new Status("delivered", 93, 4, 1.6),
    new Status("read", 70, 1200, 2.0),
  };

  /** What came of one case. */
  private record Outcome(
      double sendSeconds,
      long peakStatuses,
      long mostWaiting,
      long longestLag,
      long settledAfter) {}

  @Override
  public String name() {
    return "sizing";
  }

  @Override
  public String description() {
    return "Calculates (runs nothing): messages=10000000 channels=100 rate=1000, capacities"
        + " dispatch_per_s=10000 merge_per_s=120000 of one machine, dispatchers=10: send_s,"
        + " peak_statuses_per_s, most_waiting, longest_lag_s, settled_after_s (99 % of all"
        + " statuses); prints the curve";
  }

  @Override
  public Map<String, String> run(Parameters parameters) {
    long messages = parameters.integer("messages", 10_000_000);
    int channels = parameters.integer("channels", 100);
    int rate = parameters.integer("rate", 1000);
    int dispatchPerSecond = parameters.integer("dispatch_per_s", 10_000);
    int dispatchers = parameters.integer("dispatchers", 10);
    int mergePerSecond = parameters.integer("merge_per_s", 120_000);
    double sendRate = Math.min((double) channels * rate, (double) dispatchPerSecond * dispatchers);
    Outcome outcome = calculate(messages, sendRate, mergePerSecond);
    return new Figures()
        .add("send_s", Math.round(outcome.sendSeconds()))
        .add("peak_statuses_per_s", outcome.peakStatuses())
        .add("most_waiting", outcome.mostWaiting())
        .add("longest_lag_s", outcome.longestLag())
        .add("settled_after_s", outcome.settledAfter())
        .map();
  }

  private static Outcome calculate(long messages, double sendRate, int mergePerSecond) {
    double sendSeconds = messages / sendRate;
    double[] arrivals = arrivals(sendRate, sendSeconds);
    double all = 0;
    for (double now : arrivals) {
      all += now;
    }
    double waiting = 0;
    double merged = 0;
    double most = 0;
    double peak = 0;
    long settled = HORIZON;
    System.err.println("second  statuses/s  merged/s  waiting");
    int nextShown = 1;
    for (int second = 0; second < HORIZON; second++) {
      double done = Math.min(mergePerSecond, waiting + arrivals[second]);
      waiting += arrivals[second] - done;
      merged += done;
      most = Math.max(most, waiting);
      peak = Math.max(peak, arrivals[second]);
      if (second + 1 == nextShown) {
        System.err.printf(
            Locale.ROOT, "%6d  %10.0f  %8.0f  %,.0f%n", nextShown, arrivals[second], done, waiting);
        nextShown = nextShown * 2;
      }
      if (merged >= 0.99 * all) {
        settled = second + 1L;
        break;
      }
    }
    return new Outcome(
        sendSeconds,
        Math.round(peak),
        Math.round(most),
        Math.round(most / mergePerSecond),
        settled);
  }

  /** Statuses in each second, when messages leave evenly for so long. */
  private static double[] arrivals(double sendRate, double sendSeconds) {
    double[] arrivals = new double[HORIZON];
    for (Status status : STATUSES) {
      // Summed over the seconds of sending, the share that has come is a difference of sums.
      double[] sums = new double[HORIZON + 1];
      for (int second = 1; second <= HORIZON; second++) {
        sums[second] = sums[second - 1] + status.comeAfter(second);
      }
      int sending = (int) Math.ceil(sendSeconds);
      double before = 0;
      for (int second = 0; second < HORIZON; second++) {
        double come = sums[second + 1] - sums[Math.max(0, second + 1 - sending)];
        double total = come * sendRate * (sendSeconds / sending) * status.percent() / 100;
        arrivals[second] += total - before;
        before = total;
      }
    }
    return arrivals;
  }
}
