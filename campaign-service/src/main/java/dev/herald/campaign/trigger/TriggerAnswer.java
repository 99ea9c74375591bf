package dev.herald.campaign.trigger;

/** What a caller hears of one recipient. */
sealed interface TriggerAnswer {

  /**
   * Taken.
   *
   * @param position among the call's recipients that were taken
   */
  record Taken(int position) implements TriggerAnswer {}

  record Refused(String field, String reason, String message) implements TriggerAnswer {}
}
