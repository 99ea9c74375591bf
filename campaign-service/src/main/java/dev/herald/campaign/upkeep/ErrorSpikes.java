package dev.herald.campaign.upkeep;

import dev.herald.analytics.v1.Tally;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.rules.SendingRulesStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses campaigns of which too much fails. What WhatsApp refuses at once the dispatcher sees
 * itself; most failures are told minutes later, by statuses, and only analytics knows of them.
 *
 * <p>Several instances may watch the same campaign: it is paused once.
 */
public final class ErrorSpikes {
  private static final Logger log = LoggerFactory.getLogger(ErrorSpikes.class);
  private static final long WINDOW = Duration.ofMinutes(10).toNanos();
  private static final int FEWEST = 100;
  private static final int MOST_AT_ONCE = 1000;
  private static final int HUNDRED = 100;

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final CampaignListStore lists = new CampaignListStore();
  private final AnalyticsClient analytics;
  private final SendingRulesStore rules;
  private final Transitions transitions;
  private final Sending sending;
  private final Map<Long, Deque<Sample>> samples = new HashMap<>();

  /** A campaign's figures at a moment. */
  private record Sample(long nanos, int sent, int failed) {}

  public ErrorSpikes(
      Jdbi jdbi,
      CampaignStore campaigns,
      AnalyticsClient analytics,
      SendingRulesStore rules,
      Transitions transitions,
      Sending sending) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.analytics = analytics;
    this.rules = rules;
    this.transitions = transitions;
    this.sending = sending;
  }

  /** Looks at every running campaign once. */
  public boolean run() {
    List<CampaignId> running = jdbi.withHandle(handle -> lists.running(handle, 0));
    // A campaign that is resumed begins anew.
    samples.keySet().retainAll(running.stream().map(CampaignId::value).toList());
    for (int i = 0; i < running.size(); i += MOST_AT_ONCE) {
      List<CampaignId> some =
          new ArrayList<>(running.subList(i, Math.min(running.size(), i + MOST_AT_ONCE)));
      analytics.tallies(some).forEach(this::look);
    }
    return false;
  }

  private void look(Tally tally) {
    long now = System.nanoTime();
    Deque<Sample> window = samples.computeIfAbsent(tally.getCampaignId(), id -> new ArrayDeque<>());
    while (!window.isEmpty() && now - window.peekFirst().nanos() > WINDOW) {
      window.removeFirst();
    }
    window.addLast(new Sample(now, tally.getSent(), tally.getFailed()));
    int failed = tally.getFailed() - window.peekFirst().failed();
    int all = failed + Math.max(0, tally.getSent() - window.peekFirst().sent());
    if (failed >= FEWEST) {
      judge(tally, failed, all);
    }
  }

  private void judge(Tally tally, int failed, int all) {
    CampaignId id = new CampaignId(tally.getCampaignId());
    jdbi.inTransaction(
            tx ->
                campaigns
                    .find(tx, id)
                    .filter(campaign -> isTooMuch(failed, all, limit(tx, campaign)))
                    .flatMap(
                        campaign ->
                            transitions.pauseByHerald(
                                tx,
                                id,
                                PauseReason.Kind.ERRORS,
                                reason(tally, failed, all),
                                tally.getMostFrequentFailure().getCode())))
        .ifPresent(
            paused -> {
              sending.changed(id, paused.version());
              log.warn(
                  "Campaign paused for its failures campaign={} failed={} of={} code={}",
                  id.value(),
                  failed,
                  all,
                  tally.getMostFrequentFailure().getCode());
            });
  }

  private int limit(org.jdbi.v3.core.Handle tx, Campaign campaign) {
    return rules.get(tx, campaign.workspace()).pauseAtPercent();
  }

  private static boolean isTooMuch(int failed, int all, int percent) {
    return percent > 0 && (long) failed * HUNDRED >= (long) all * percent;
  }

  private static String reason(Tally tally, int failed, int all) {
    String most =
        tally.hasMostFrequentFailure()
            ? ", most often with "
                + tally.getMostFrequentFailure().getCode()
                + " ("
                + tally.getMostFrequentFailure().getTitle()
                + ")"
            : "";
    return failed
        + " of "
        + all
        + " messages failed within ten minutes"
        + most
        + ". Look at the failures, then resume.";
  }
}
