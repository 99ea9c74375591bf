package dev.herald.billing;

import dev.herald.billing.v1.UnattemptedTotal;
import dev.herald.billing.v1.UsageTotal;
import java.util.random.RandomGenerator;

/**
 * What happens to the messages of one line, told as its owners tell it: usage by analytics, what
 * was never attempted by the campaign. The truth that billing's books are compared with.
 */
final class PlayedLine {
  final long workspace;
  final long campaign;
  final String country;
  final int lot;
  final long price;

  private int reserved;
  private int open;
  private int sent;
  private int failed;
  private int expired;
  private int unattempted;
  private long usageVersion;
  private long unattemptedVersion;

  PlayedLine(long workspace, long campaign, String country, int lot, long price) {
    this.workspace = workspace;
    this.campaign = campaign;
    this.country = country;
    this.lot = lot;
    this.price = price;
  }

  /** Billing has answered that so many are reserved in all. */
  void reservedInAll(int total) {
    if (total > reserved) {
      open += total - reserved;
      reserved = total;
    }
  }

  int reserved() {
    return reserved;
  }

  int open() {
    return open;
  }

  int sent() {
    return sent;
  }

  /** Something becomes known of some of the messages. */
  void happens(RandomGenerator random) {
    switch (random.nextInt(7)) {
      case 0, 1, 2 -> {
        int some = some(open, random);
        open -= some;
        sent += some;
      }
      case 3 -> {
        int some = some(open, random);
        open -= some;
        failed += some;
      }
      case 4 -> {
        int some = some(open, random);
        open -= some;
        expired += some;
      }
      case 5 -> {
        int some = some(sent, random);
        sent -= some;
        failed += some;
      }
      case 6 -> {
        int some = some(expired, random);
        expired -= some;
        sent += some;
      }
      default -> throw new AssertionError();
    }
    usageVersion += 1 + random.nextInt(3);
  }

  /** The campaign is stopped: what is left will not be attempted. */
  void stops(RandomGenerator random) {
    int some = some(open, random);
    open -= some;
    unattempted += some;
    unattemptedVersion += 1 + random.nextInt(3);
  }

  UsageTotal usage() {
    return BillingFixture.usageTotal(
        workspace, campaign, country, lot, usageVersion, sent, failed + expired);
  }

  UnattemptedTotal unattempted() {
    return UnattemptedTotal.newBuilder()
        .setWorkspaceId(workspace)
        .setCampaignId(campaign)
        .setCountry(country)
        .setLot(lot)
        .setVersion(unattemptedVersion)
        .setMessages(unattempted)
        .build();
  }

  boolean hasUsage() {
    return usageVersion > 0;
  }

  boolean hasUnattempted() {
    return unattemptedVersion > 0;
  }

  private static int some(int of, RandomGenerator random) {
    return of == 0 ? 0 : random.nextInt(of + 1);
  }

  @Override
  public String toString() {
    return "%d/%d %s %d: reserved %d, open %d, sent %d, failed %d, expired %d, unattempted %d"
        .formatted(
            workspace, campaign, country, lot, reserved, open, sent, failed, expired, unattempted);
  }
}
