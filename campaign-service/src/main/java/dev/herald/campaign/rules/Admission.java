package dev.herald.campaign.rules;

import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.phone.TimeZones;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Decides at the moment of dispatch which messages of a claim the workspace's rules let pass, which
 * must wait, and which are skipped. What passes is written down before it leaves, so that two
 * campaigns at once cannot both be the last one allowed.
 */
public final class Admission {
  private final Jdbi jdbi;
  private final SendingRulesStore rules;
  private final ContactMessageStore messages = new ContactMessageStore();
  private final DailyLimit dailyLimit;
  private final Clock clock;

  /**
   * A message that asks to leave.
   *
   * @param phone digits of E.164
   * @param answering the person has written within a day, so that no conversation is opened
   */
  public record Candidate(int ordinal, long phone, String country, boolean answering) {}

  /** Why a message does not leave now. */
  public sealed interface Verdict {
    /** It never does. */
    record Skip(SkipReason reason) implements Verdict {}

    /**
     * Not before this time.
     *
     * @param version of the rules that say so
     */
    record Wait(Instant until, long version) implements Verdict {}
  }

  /**
   * What the candidates have in common.
   *
   * @param marketing whether quiet hours and cap apply
   * @param zone of people whose number does not tell where they are
   */
  public record Errand(
      WorkspaceId workspace, long campaign, long channel, boolean marketing, ZoneId zone) {}

  public Admission(Jdbi jdbi, SendingRulesStore rules, Clock clock) {
    this.jdbi = jdbi;
    this.rules = rules;
    this.dailyLimit = new DailyLimit(clock);
    this.clock = clock;
  }

  /** The verdict by ordinal; those that may leave have none. */
  public Map<Integer, Verdict> decide(Errand errand, List<Candidate> candidates) {
    Map<Integer, Verdict> verdicts = new HashMap<>();
    if (!candidates.isEmpty()) {
      jdbi.useTransaction(tx -> decide(tx, errand, candidates, verdicts));
    }
    return verdicts;
  }

  private void decide(
      Handle tx, Errand errand, List<Candidate> candidates, Map<Integer, Verdict> verdicts) {
    SendingRules now = rules.get(tx, errand.workspace());
    List<Candidate> left = new ArrayList<>(candidates);
    left.removeIf(
        one ->
            now.excludedCountries().contains(one.country())
                && put(verdicts, one, new Verdict.Skip(SkipReason.LIMITED)));
    QuietHours quiet = now.quietHours();
    if (errand.marketing() && quiet != null) {
      Instant moment = clock.instant();
      left.removeIf(
          one -> {
            Instant end = quiet.end(moment, TimeZones.of(one.phone(), errand.zone()));
            return end.isAfter(moment) && put(verdicts, one, new Verdict.Wait(end, now.version()));
          });
    }
    FrequencyCap cap = now.cap();
    if (errand.marketing() && cap != null && !left.isEmpty()) {
      List<Integer> admitted = messages.admit(tx, errand, cap, left);
      left.removeIf(
          one ->
              !admitted.contains(one.ordinal())
                  && put(verdicts, one, new Verdict.Skip(SkipReason.LIMITED)));
    }
    dailyLimit
        .exceeding(tx, errand.channel(), left)
        .forEach((ordinal, until) -> verdicts.put(ordinal, new Verdict.Wait(until, now.version())));
  }

  private static boolean put(Map<Integer, Verdict> verdicts, Candidate one, Verdict verdict) {
    verdicts.put(one.ordinal(), verdict);
    return true;
  }
}
