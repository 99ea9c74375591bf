package dev.herald.billing.reservation;

import dev.herald.runtime.HeraldException;
import java.time.DateTimeException;
import java.time.LocalDate;

/** A UTC day written as yyyymmdd: the day on which a message's money was set aside. */
public final class Lot {
  private static final int YEAR = 10_000;
  private static final int MONTH = 100;

  private Lot() {}

  public static int of(LocalDate day) {
    return day.getYear() * YEAR + day.getMonthValue() * MONTH + day.getDayOfMonth();
  }

  /** The day of a lot, refused if there is no such day. */
  public static LocalDate day(String field, int lot) {
    try {
      return LocalDate.of(lot / YEAR, lot / MONTH % MONTH, lot % MONTH);
    } catch (DateTimeException e) {
      throw HeraldException.invalid(
          field, "LOT_NOT_A_DAY", "The lot " + lot + " is not a day written as yyyymmdd.");
    }
  }

  /** The calendar month of a lot, yyyymm. */
  public static int month(int lot) {
    return lot / MONTH;
  }
}
