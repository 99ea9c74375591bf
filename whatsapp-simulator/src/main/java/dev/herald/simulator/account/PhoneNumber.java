package dev.herald.simulator.account;

import dev.herald.simulator.limit.TokenBucket;

/**
 * A business phone number. What WhatsApp or the operator of the simulator may change is volatile.
 */
public final class PhoneNumber {
  private final int index;
  private final String id;
  private final BusinessAccount account;
  private final String digits;
  private final String verifiedName;

  private volatile String quality = "GREEN";
  private volatile String status = "CONNECTED";
  private volatile String limitTier = "TIER_UNLIMITED";
  private volatile TokenBucket throughput;

  PhoneNumber(
      int index,
      String id,
      BusinessAccount account,
      String digits,
      String verifiedName,
      TokenBucket throughput) {
    this.index = index;
    this.id = id;
    this.account = account;
    this.digits = digits;
    this.verifiedName = verifiedName;
    this.throughput = throughput;
  }

  /** Its place among all numbers of the simulator, by which compact tables know it. */
  public int index() {
    return index;
  }

  public String id() {
    return id;
  }

  public BusinessAccount account() {
    return account;
  }

  /** Country code and number, digits only: {@code 15550100001}. */
  public String digits() {
    return digits;
  }

  /** As people write it: {@code +1 555-010-0001}. */
  public String display() {
    return digits.length() == 11 && digits.startsWith("1")
        ? "+1 %s-%s-%s"
            .formatted(digits.substring(1, 4), digits.substring(4, 7), digits.substring(7))
        : "+" + digits;
  }

  public String verifiedName() {
    return verifiedName;
  }

  public String quality() {
    return quality;
  }

  public void quality(String changed) {
    quality = changed;
  }

  public String status() {
    return status;
  }

  public void status(String changed) {
    status = changed;
  }

  public String limitTier() {
    return limitTier;
  }

  public void limitTier(String changed) {
    limitTier = changed;
  }

  public TokenBucket throughput() {
    return throughput;
  }

  public void throughput(int perSecond, int burst, long nowNanos) {
    throughput = new TokenBucket(perSecond, burst, nowNanos);
  }
}
