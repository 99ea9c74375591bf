package dev.herald.campaign.phone;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberToTimeZonesMapper;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Where a person is likely to be, as far as the number tells: by area code, else by country. */
public final class TimeZones {
  private static final PhoneNumberUtil NUMBERS = PhoneNumberUtil.getInstance();
  private static final PhoneNumberToTimeZonesMapper ZONES =
      PhoneNumberToTimeZonesMapper.getInstance();

  private TimeZones() {}

  /**
   * All time zones in which a number's holder may live.
   *
   * @param digits of E.164
   * @param otherwise where the number tells nothing
   */
  public static List<ZoneId> of(long digits, ZoneId otherwise) {
    List<ZoneId> zones = new ArrayList<>();
    try {
      for (String name :
          ZONES.getTimeZonesForNumber(NUMBERS.parse(PhoneNumber.e164(digits), null))) {
        if (!name.equals(PhoneNumberToTimeZonesMapper.getUnknownTimeZone())) {
          zones.add(ZoneId.of(name));
        }
      }
    } catch (NumberParseException | DateTimeException e) {
      // A number or a place this machine does not know.
      return List.of(otherwise);
    }
    return zones.isEmpty() ? List.of(otherwise) : zones;
  }
}
