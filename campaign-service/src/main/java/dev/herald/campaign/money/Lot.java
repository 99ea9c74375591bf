package dev.herald.campaign.money;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Days as price lines name them. */
public final class Lot {
  private Lot() {}

  /** The UTC day it is, as yyyymmdd. */
  public static int today(Clock clock) {
    LocalDate day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return day.getYear() * 10_000 + day.getMonthValue() * 100 + day.getDayOfMonth();
  }
}
