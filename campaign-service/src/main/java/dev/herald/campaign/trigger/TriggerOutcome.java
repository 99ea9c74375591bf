package dev.herald.campaign.trigger;

import dev.herald.campaign.money.Line;
import java.util.Map;

/** What committing one call came to. */
sealed interface TriggerOutcome {

  /** Durable: the recipients are numbered from here. */
  record Committed(int firstOrdinal) implements TriggerOutcome {}

  /** The same request was carried out before; its answer is on record. */
  record Repeated() implements TriggerOutcome {}

  /** Less is set aside than these lines need; nothing was changed. */
  record NeedsMoney(Map<Line, Integer> lines) implements TriggerOutcome {}

  /** The campaign is not LIVE. */
  record NotLive(String status) implements TriggerOutcome {}
}
