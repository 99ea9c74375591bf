package dev.herald.analytics.evidence;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks evidence element by element: a bad one is named and left out, its neighbours stay. */
final class FactReader {
  private static final int MAX_TITLE = 300;
  private static final int MAX_DETAILS = 1000;
  private static final long LATEST_SECONDS = 7_258_118_400L;
  private static final int LATEST_LOT = 99_991_231;

  private FactReader() {}

  /** The good elements; what is wrong with the others goes into the answer. */
  static List<Fact> read(List<Evidence> elements, RecordEvidenceResponse.Builder answer) {
    List<Fact> facts = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Evidence element = elements.get(i);
      String reason = wrong(element);
      if (reason == null) {
        facts.add(fact(element));
      } else {
        answer.addRejections(
            EvidenceRejection.newBuilder()
                .setIndex(i)
                .setReason(reason)
                .setMessage("Element " + i + " was not taken: " + reason + "."));
      }
    }
    return facts;
  }

  private static @Nullable String wrong(Evidence element) {
    if (element.getWorkspaceId() <= 0) {
      return "WORKSPACE_MISSING";
    }
    if (element.getCampaignId() <= 0) {
      return "CAMPAIGN_MISSING";
    }
    if (element.getOrdinal() < 0) {
      return "ORDINAL_NEGATIVE";
    }
    if (!EvidenceKind.exists(element.getKindValue())) {
      return "KIND_UNSPECIFIED";
    }
    if (!element.hasTime() || element.getTime().getSeconds() <= 0) {
      return "TIME_MISSING";
    }
    if (element.getTime().getSeconds() > LATEST_SECONDS) {
      return "TIME_OUT_OF_RANGE";
    }
    if (element.getLot() < 0 || element.getLot() > LATEST_LOT) {
      return "LOT_OUT_OF_RANGE";
    }
    return isCountry(element.getCountry()) ? null : "COUNTRY_INVALID";
  }

  private static boolean isCountry(String text) {
    return text.length() == 2
        && text.charAt(0) >= 'A'
        && text.charAt(0) <= 'Z'
        && text.charAt(1) >= 'A'
        && text.charAt(1) <= 'Z';
  }

  private static Fact fact(Evidence element) {
    return new Fact(
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
    return clean.length() <= longest ? clean : clean.substring(0, longest);
  }
}
