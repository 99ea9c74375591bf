package dev.herald.analytics.evidence;

import dev.herald.analytics.v1.Evidence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks evidence element by element: a bad one is named and left out, its neighbours stay. */
final class FactReader {
  private static final int MAX_TITLE = 300;
  private static final int MAX_DETAILS = 1000;

  /** The year 2200; what claims to be later is a mistake. */
  static final long LATEST_SECONDS = 7_258_118_400L;

  private static final int LATEST_LOT = 99_991_231;

  private FactReader() {}

  /** The good elements; what is wrong with the others goes to {@code rejected}. */
  static List<Fact> read(List<Evidence> elements, Rejections rejected) {
    List<Fact> facts = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Evidence element = elements.get(i);
      Wrong wrong = wrong(element);
      if (wrong == null) {
        facts.add(fact(i, element));
      } else {
        rejected.add(i, wrong.name(), wrong.message);
      }
    }
    return facts;
  }

  /** What can be wrong with an element; the names are the contract's reasons. */
  private enum Wrong {
    WORKSPACE_MISSING("workspace_id must be greater than 0."),
    CAMPAIGN_MISSING("campaign_id must be greater than 0."),
    ORDINAL_NEGATIVE("ordinal must not be negative."),
    KIND_UNSPECIFIED("kind must be one of the kinds of evidence."),
    TIME_MISSING("time must be set, and later than 1970."),
    TIME_OUT_OF_RANGE("time must be before the year 2200, with nanos of 0 to 999999999."),
    LOT_OUT_OF_RANGE("lot must be a day as yyyymmdd, or 0."),
    SKIP_REASON_OUT_OF_RANGE("skip_reason must be one of the reasons."),
    COUNTRY_INVALID("country must be two letters A to Z.");

    private final String message;

    Wrong(String message) {
      this.message = message;
    }
  }

  private static @Nullable Wrong wrong(Evidence element) {
    if (element.getWorkspaceId() <= 0) {
      return Wrong.WORKSPACE_MISSING;
    }
    if (element.getCampaignId() <= 0) {
      return Wrong.CAMPAIGN_MISSING;
    }
    if (element.getOrdinal() < 0) {
      return Wrong.ORDINAL_NEGATIVE;
    }
    if (!EvidenceKind.exists(element.getKindValue())) {
      return Wrong.KIND_UNSPECIFIED;
    }
    if (!element.hasTime() || element.getTime().getSeconds() <= 0) {
      return Wrong.TIME_MISSING;
    }
    int nanos = element.getTime().getNanos();
    if (element.getTime().getSeconds() > LATEST_SECONDS || nanos < 0 || nanos > 999_999_999) {
      return Wrong.TIME_OUT_OF_RANGE;
    }
    if (element.getLot() < 0 || element.getLot() > LATEST_LOT) {
      return Wrong.LOT_OUT_OF_RANGE;
    }
    // A reason of a newer sender is kept by its number.
    if (element.getSkipReasonValue() < 0 || element.getSkipReasonValue() > Short.MAX_VALUE) {
      return Wrong.SKIP_REASON_OUT_OF_RANGE;
    }
    return isCountry(element.getCountry()) ? null : Wrong.COUNTRY_INVALID;
  }

  private static boolean isCountry(String text) {
    return text.length() == 2
        && text.charAt(0) >= 'A'
        && text.charAt(0) <= 'Z'
        && text.charAt(1) >= 'A'
        && text.charAt(1) <= 'Z';
  }

  private static Fact fact(int index, Evidence element) {
    return new Fact(
        index,
        element.getWorkspaceId(),
        element.getCampaignId(),
        element.getOrdinal(),
        EvidenceKind.of(element.getKindValue()),
        element.getTime().getSeconds() * 1_000_000 + element.getTime().getNanos() / 1000,
        element.getCountry(),
        element.getLot(),
        element.getFailure().getCode(),
        storable(element.getFailure().getTitle(), MAX_TITLE),
        storable(element.getFailure().getDetails(), MAX_DETAILS),
        element.getSkipReasonValue());
  }

  /** PostgreSQL stores no U+0000, and nobody needs more of a hostile text than this. */
  private static String storable(String text, int longest) {
    String clean = text.replace("\u0000", "");
    if (clean.length() <= longest) {
      return clean;
    }
    // Not between the two halves of a character.
    int end = Character.isHighSurrogate(clean.charAt(longest - 1)) ? longest - 1 : longest;
    return clean.substring(0, end);
  }
}
