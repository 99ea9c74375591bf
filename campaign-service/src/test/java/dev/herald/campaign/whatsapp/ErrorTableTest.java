package dev.herald.campaign.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is certainly not taken is tried again; what may be taken is not; all else has its reason.
 */
class ErrorTableTest {

  private static ErrorAction action(int httpStatus, int code, int subcode) {
    return ErrorTable.action(new MetaError(httpStatus, code, subcode, "", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "130429, THROTTLED",
    "80007, THROTTLED",
    "4, THROTTLED",
    "131056, PAIR_LIMITED",
    "131057, NOT_NOW",
    "131026, FAIL_RECIPIENT",
    "131047, FAIL_RECIPIENT",
    "131049, FAIL_RECIPIENT",
    "131050, FAIL_AND_OPT_OUT",
    "130497, FAIL_AND_REFUSE_COUNTRY",
    "132000, FAIL_AND_SUSPECT_CAMPAIGN",
    "132001, PAUSE_CAMPAIGN",
    "132015, PAUSE_CAMPAIGN",
    "132016, PAUSE_CAMPAIGN",
    "190, PAUSE_CHANNEL",
    "131031, PAUSE_CHANNEL",
    "131042, PAUSE_CHANNEL",
    "131048, PAUSE_CHANNEL",
    "133010, PAUSE_CHANNEL",
    "131000, UNKNOWN",
    "131016, UNKNOWN",
    "133004, UNKNOWN"
  })
  void theCodeDecidesWhateverTheHttpStatus(int code, ErrorAction action) {
    for (int httpStatus : new int[] {200, 400, 401, 403, 404, 429, 500, 503}) {
      assertThat(action(httpStatus, code, 0)).isEqualTo(action);
    }
  }

  @Test
  void anAnswerWithoutACodeOrAFaultNobodyKnowsLeavesTheMessageInDoubt() {
    assertThat(action(502, MetaError.NO_CODE, 0)).isEqualTo(ErrorAction.UNKNOWN);
    assertThat(action(400, MetaError.NO_CODE, 0)).isEqualTo(ErrorAction.UNKNOWN);
    assertThat(action(500, 999_999, 0)).isEqualTo(ErrorAction.UNKNOWN);
  }

  @Test
  void aRefusalNobodyKnowsFailsTheRecipientAndIsSuspicious() {
    assertThat(action(400, 999_999, 0)).isEqualTo(ErrorAction.FAIL_AND_SUSPECT_CAMPAIGN);
  }

  @Test
  void aMissingNumberAndMissingPermissionsConcernTheChannel() {
    assertThat(action(400, 100, 33)).isEqualTo(ErrorAction.PAUSE_CHANNEL);
    assertThat(action(400, 100, 0)).isEqualTo(ErrorAction.FAIL_AND_SUSPECT_CAMPAIGN);
    for (int code = 200; code <= 299; code++) {
      assertThat(action(403, code, 0)).isEqualTo(ErrorAction.PAUSE_CHANNEL);
    }
  }

  @Test
  void metasWordsLoseTheNumberAndWhatCannotBeStored() {
    MetaError error =
        new MetaError(400, 131026, 0, "to 919800000001\u0000", "No +919800000001 here")
            .without(919_800_000_001L);
    assertThat(error.title()).doesNotContain("919800000001", "\u0000");
    assertThat(error.details()).startsWith("No +").doesNotContain("919800000001");
    assertThat(new MetaError(400, 1, 0, "x".repeat(5000), "y".repeat(5000)).details().length())
        .isEqualTo(1000);
  }
}
