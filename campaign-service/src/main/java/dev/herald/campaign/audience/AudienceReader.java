package dev.herald.campaign.audience;

import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.phone.PhoneNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns written people into recipients, one by one: number to E.164, values checked against what
 * the campaign needs, the second of two equal numbers merged into the first.
 */
final class AudienceReader {
  private static final int MAX_NAME = 200;
  private static final int MAX_VALUE = 4096;

  private final Columns columns;
  private final ParameterPlan plan;
  private final String defaultRegion;
  private final LongSet seen = new LongSet();
  private int duplicates;

  AudienceReader(Columns columns, ParameterPlan plan, String defaultRegion) {
    this.columns = columns;
    this.plan = plan;
    this.defaultRegion = defaultRegion;
  }

  /** What became of one person. */
  sealed interface Reading {
    record Taken(NewRecipient recipient) implements Reading {}

    /** Merged into an earlier one with the same number. */
    record Duplicate() implements Reading {}

    record Faulty(RowError error) implements Reading {}
  }

  int duplicates() {
    return duplicates;
  }

  /** A number that is in the audience already. */
  void known(long phone) {
    seen.add(phone);
  }

  /**
   * @param parameters in the order of the columns' parameters
   */
  Reading read(int row, String phone, String name, List<@Nullable String> parameters) {
    Parsed parsed = PhoneNumbers.parse(phone, defaultRegion);
    if (parsed instanceof Parsed.Bad bad) {
      return faulty(row, Columns.PHONE, bad.reason(), bad.message());
    }
    PhoneNumber number = ((Parsed.Good) parsed).number();
    Reading flaw = unstorable(row, name, parameters);
    if (flaw != null) {
      return flaw;
    }
    Optional<ParameterPlan.Flaw> missing = plan.flaw(new Values(number.e164(), name, parameters));
    if (missing.isPresent()) {
      return faulty(row, missing.get().column(), missing.get().reason(), missing.get().message());
    }
    if (!seen.add(number.digits())) {
      duplicates++;
      return new Reading.Duplicate();
    }
    return new Reading.Taken(new NewRecipient(number, name, 0, parameters));
  }

  private @Nullable Reading unstorable(int row, String name, List<@Nullable String> parameters) {
    if (name.length() > MAX_NAME) {
      return faulty(
          row,
          Columns.NAME,
          "VALUE_TOO_LONG",
          "The name has more than " + MAX_NAME + " characters.");
    }
    if (name.indexOf('\u0000') >= 0) {
      return faulty(row, Columns.NAME, "VALUE_NOT_ALLOWED", "The name holds a NUL character.");
    }
    for (int i = 0; i < parameters.size(); i++) {
      String value = parameters.get(i);
      if (value != null && value.length() > MAX_VALUE) {
        return faulty(
            row,
            columns.parameters().get(i),
            "VALUE_TOO_LONG",
            "The value has more than " + MAX_VALUE + " characters.");
      }
      if (value != null && value.indexOf('\u0000') >= 0) {
        return faulty(
            row,
            columns.parameters().get(i),
            "VALUE_NOT_ALLOWED",
            "The value holds a NUL character.");
      }
    }
    return null;
  }

  private static Reading faulty(int row, String column, String reason, String message) {
    return new Reading.Faulty(new RowError(row, column, reason, message));
  }

  /** Picks the fields of CSV rows apart by the header. */
  static final class RowLayout {
    private final int phone;
    private final int name;
    private final int[] parameters;
    private final int width;

    RowLayout(List<String> header) {
      this.width = header.size();
      int phoneAt = -1;
      int nameAt = -1;
      List<Integer> others = new ArrayList<>();
      for (int i = 0; i < header.size(); i++) {
        String column = header.get(i);
        if (Columns.isPhone(column)) {
          phoneAt = i;
        } else if (Columns.isName(column)) {
          nameAt = i;
        } else if (!column.isEmpty()) {
          others.add(i);
        }
      }
      this.phone = phoneAt;
      this.name = nameAt;
      this.parameters = others.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean isTooWide(String[] fields) {
      for (int i = width; i < fields.length; i++) {
        if (!fields[i].isBlank()) {
          return true;
        }
      }
      return false;
    }

    String phone(String[] fields) {
      return field(fields, phone);
    }

    String name(String[] fields) {
      return name < 0 ? "" : field(fields, name);
    }

    List<@Nullable String> parameters(String[] fields) {
      if (parameters.length == 0) {
        return List.of();
      }
      @Nullable String[] values = new @Nullable String[parameters.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = field(fields, parameters[i]);
      }
      return java.util.Arrays.asList(values);
    }

    private static String field(String[] fields, int index) {
      return index < fields.length ? fields[index].strip() : "";
    }
  }
}
