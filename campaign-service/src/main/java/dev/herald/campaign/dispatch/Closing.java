package dev.herald.campaign.dispatch;

import dev.herald.campaign.reply.SentMessageStore.Sent;
import dev.herald.campaign.report.EvidenceBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a batch came to, to be stored in one transaction.
 *
 * <p>Filled by the batch's own thread, after all its messages have ended.
 */
final class Closing {
  /** Facts about messages. */
  final EvidenceBatch evidence;

  /** Messages WhatsApp took, by the ids it gave them. */
  final List<Sent> sent = new ArrayList<>();

  /** Messages WhatsApp certainly did not take. */
  final List<Retry> retries = new ArrayList<>();

  /** Messages WhatsApp may have taken. */
  final List<Integer> unconfirmed = new ArrayList<>();

  /** Numbers of messages that certainly reached nobody, by ordinal. */
  final Map<Integer, Long> unreached = new HashMap<>();

  /** People who do not want messages, as WhatsApp says. */
  final List<Long> optOuts = new ArrayList<>();

  /** Countries WhatsApp refuses to this account. */
  final Set<String> refusedCountries = new TreeSet<>();

  /** What became of test messages, for whoever waits for it. */
  final List<TestResult> testResults = new ArrayList<>();

  /**
   * A message that is to be attempted again.
   *
   * @param attempts that WhatsApp has refused so far
   * @param rulesVersion of the rules that hold it; 0: they do not
   */
  record Retry(int ordinal, int attempts, long delayMillis, long rulesVersion) {
    Retry(int ordinal, int attempts, long delayMillis) {
      this(ordinal, attempts, delayMillis, 0);
    }
  }

  /** What became of a test message; code 0 and "" when it was taken. */
  record TestResult(int ordinal, boolean accepted, int code, String message) {}

  Closing(EvidenceBatch evidence) {
    this.evidence = evidence;
  }
}
