package dev.herald.campaign.campaign;

import static dev.herald.campaign.campaign.CampaignStatus.DRAFT;
import static dev.herald.campaign.campaign.CampaignStatus.LIVE;
import static dev.herald.campaign.campaign.CampaignStatus.PAUSED;
import static dev.herald.campaign.campaign.CampaignStatus.SCHEDULED;
import static dev.herald.campaign.campaign.CampaignStatus.SENT;
import static dev.herald.campaign.campaign.CampaignStatus.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.campaign.Lifecycle.Command;
import dev.herald.campaign.campaign.Lifecycle.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole table, cell by cell. */
class LifecycleTest {
  private static final List<CampaignStatus> STATUSES = List.of(CampaignStatus.values());
  private static final String SAME = "unchanged";
  private static final String NO = "ILLEGAL_TRANSITION";

  // In the order of the statuses: DRAFT, SCHEDULED, LIVE, PAUSED, SENT, STOPPED.
  private static final Map<Command, List<Object>> TABLE = new LinkedHashMap<>();

  static {
    TABLE.put(new Command.Launch(), List.of(LIVE, LIVE, SAME, NO, NO, NO));
    TABLE.put(new Command.Schedule(), List.of(SCHEDULED, SCHEDULED, SAME, NO, NO, NO));
    TABLE.put(new Command.Start(), List.of(SAME, LIVE, SAME, SAME, SAME, SAME));
    TABLE.put(new Command.Pause(), List.of(NO, PAUSED, PAUSED, SAME, NO, NO));
    TABLE.put(new Command.Resume(false), List.of(NO, SAME, SAME, LIVE, NO, NO));
    TABLE.put(new Command.Resume(true), List.of(NO, SAME, SAME, SCHEDULED, NO, NO));
    TABLE.put(
        new Command.Stop(), List.of(NO, STOPPED, STOPPED, STOPPED, "CAMPAIGN_ALREADY_SENT", SAME));
    TABLE.put(new Command.Finish(), List.of(SAME, SAME, SENT, SAME, SAME, SAME));
  }

  @Test
  void everyCommandDoesInEveryStatusWhatTheTableSays() {
    TABLE.forEach(
        (command, row) -> {
          for (int i = 0; i < STATUSES.size(); i++) {
            Object got =
                switch (Lifecycle.decide(STATUSES.get(i), command)) {
                  case Outcome.Changed changed -> changed.to();
                  case Outcome.Unchanged unchanged -> SAME;
                  case Outcome.Refused refused -> refused.reason();
                };
            assertThat(got).as("%s in %s", command, STATUSES.get(i)).isEqualTo(row.get(i));
          }
        });
  }

  @Test
  void nothingLeavesAFinalStatus() {
    for (CampaignStatus status : List.of(SENT, STOPPED)) {
      for (Command command : TABLE.keySet()) {
        assertThat(Lifecycle.decide(status, command)).isNotInstanceOf(Outcome.Changed.class);
      }
    }
  }

  @Test
  void onlyALaunchOrScheduleLeavesADraft() {
    for (Command command : TABLE.keySet()) {
      boolean leaves = Lifecycle.decide(DRAFT, command) instanceof Outcome.Changed;
      assertThat(leaves)
          .isEqualTo(command instanceof Command.Launch || command instanceof Command.Schedule);
    }
  }
}
