package dev.herald.analytics.evidence;

import java.util.Arrays;

/**
 * The steps of the histograms of durations: each a tenth longer than the one before, from a
 * millisecond to more than a month, so that a percentile read off them is wrong by 5 % at most.
 */
public final class DurationScale {
  private static final double RATIO = 1.1;
  private static final long[] EDGES = edges();

  private DurationScale() {}

  /** The lower bounds of steps 1, 2, … in microseconds; what is shorter is in step 0. */
  public static long[] edgesMicros() {
    return EDGES.clone();
  }

  /** The middle of a step, in microseconds. */
  public static long middleMicros(int step) {
    if (step <= 0) {
      return EDGES[0] / 2;
    }
    int lower = Math.min(step, EDGES.length) - 1;
    return (long) (EDGES[lower] * Math.sqrt(RATIO));
  }

  private static long[] edges() {
    long[] edges = new long[240];
    double edge = 1000;
    for (int i = 0; i < edges.length; i++, edge *= RATIO) {
      edges[i] = Math.round(edge);
    }
    return Arrays.stream(edges).distinct().toArray();
  }
}
