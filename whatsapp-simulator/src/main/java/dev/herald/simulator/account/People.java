package dev.herald.simulator.account;

import dev.herald.simulator.limit.PersonTimes;

/**
 * What WhatsApp remembers of a person towards a phone number of the business: when the customer
 * service window closes, and whether they stopped marketing messages.
 */
public final class People {
  private static final long FOR_EVER = Long.MAX_VALUE;
  private static final long RESUMED = 1;

  private final PersonTimes windowClosesAt = new PersonTimes();
  private final PersonTimes stoppedUntil = new PersonTimes();

  /** The person wrote; times in microseconds. */
  public void wrote(PhoneNumber number, long waId, long at, long window, long now) {
    if (at + window > windowClosesAt.get(number.index(), waId)) {
      windowClosesAt.put(number.index(), waId, at + window, now);
    }
  }

  public boolean windowOpen(PhoneNumber number, long waId, long now) {
    return windowClosesAt.get(number.index(), waId) > now;
  }

  /** The person stops or resumes marketing messages. */
  public void marketing(PhoneNumber number, long waId, boolean stopped, long now) {
    stoppedUntil.put(number.index(), waId, stopped ? FOR_EVER : RESUMED, now);
  }

  public boolean stoppedMarketing(PhoneNumber number, long waId) {
    return stoppedUntil.get(number.index(), waId) == FOR_EVER;
  }

  public void clear() {
    windowClosesAt.clear();
    stoppedUntil.clear();
  }
}
