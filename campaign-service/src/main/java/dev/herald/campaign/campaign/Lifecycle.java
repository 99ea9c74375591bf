package dev.herald.campaign.campaign;

import static dev.herald.campaign.campaign.CampaignStatus.LIVE;
import static dev.herald.campaign.campaign.CampaignStatus.PAUSED;
import static dev.herald.campaign.campaign.CampaignStatus.SCHEDULED;
import static dev.herald.campaign.campaign.CampaignStatus.SENT;
import static dev.herald.campaign.campaign.CampaignStatus.STOPPED;

/**
 * The life of a campaign as one table: what each command makes of each status. Everything that is
 * not a change or a harmless repetition is refused.
 *
 * <pre>
 *            | launch     | schedule   | start     | pause     | resume     | stop        | finish
 * DRAFT      | LIVE       | SCHEDULED  | –         | refused   | refused    | refused     | –
 * SCHEDULED  | LIVE       | SCHEDULED  | LIVE      | PAUSED    | unchanged  | STOPPED     | –
 * LIVE       | unchanged  | unchanged  | –         | PAUSED    | unchanged  | STOPPED     | SENT
 * PAUSED     | refused    | refused    | –         | unchanged | LIVE, or   | STOPPED     | –
 *            |            |            |           |           | SCHEDULED  |             |
 *            |            |            |           |           | before its |             |
 *            |            |            |           |           | start time |             |
 * SENT       | refused    | refused    | –         | refused   | refused    | refused     | –
 * STOPPED    | refused    | refused    | –         | refused   | refused    | unchanged   | –
 * </pre>
 */
public final class Lifecycle {
  private Lifecycle() {}

  /** What somebody wants to happen to a campaign. */
  public sealed interface Command {

    /** Begin now. */
    record Launch() implements Command {}

    /** Begin at a time in the future. */
    record Schedule() implements Command {}

    /** The scheduled time has come. By Herald only: never refused. */
    record Start() implements Command {}

    record Pause() implements Command {}

    /**
     * Go on.
     *
     * @param beforeStart the scheduled time has not come yet
     */
    record Resume(boolean beforeStart) implements Command {}

    record Stop() implements Command {}

    /** Every recipient has been attempted. By Herald only: never refused. */
    record Finish() implements Command {}
  }

  /** What becomes of it. */
  public sealed interface Outcome {

    record Changed(CampaignStatus to) implements Outcome {}

    /** The wish is fulfilled already, or has become pointless. */
    record Unchanged() implements Outcome {}

    /**
     * Not possible.
     *
     * @param reason ILLEGAL_TRANSITION or CAMPAIGN_ALREADY_SENT
     */
    record Refused(String reason, String message) implements Outcome {}
  }

  public static Outcome decide(CampaignStatus status, Command command) {
    return switch (command) {
      case Command.Launch launch -> launch(status, LIVE);
      case Command.Schedule schedule -> launch(status, SCHEDULED);
      case Command.Start start -> status == SCHEDULED ? to(LIVE) : unchanged();
      case Command.Pause pause ->
          switch (status) {
            case SCHEDULED, LIVE -> to(PAUSED);
            case PAUSED -> unchanged();
            case DRAFT, SENT, STOPPED -> refused(status, "paused");
          };
      case Command.Resume resume ->
          switch (status) {
            case PAUSED -> to(resume.beforeStart() ? SCHEDULED : LIVE);
            case SCHEDULED, LIVE -> unchanged();
            case DRAFT, SENT, STOPPED -> refused(status, "resumed");
          };
      case Command.Stop stop ->
          switch (status) {
            case SCHEDULED, LIVE, PAUSED -> to(STOPPED);
            case STOPPED -> unchanged();
            case SENT ->
                new Outcome.Refused(
                    "CAMPAIGN_ALREADY_SENT", "Every recipient has been attempted already.");
            case DRAFT -> refused(status, "stopped; delete it instead");
          };
      case Command.Finish finish -> status == LIVE ? to(SENT) : unchanged();
    };
  }

  private static Outcome launch(CampaignStatus status, CampaignStatus target) {
    return switch (status) {
      case DRAFT -> to(target);
      // Scheduling again moves the start time; launching starts at once.
      case SCHEDULED -> to(target);
      case LIVE -> unchanged();
      case PAUSED -> refused(status, "launched; resume it instead");
      case SENT, STOPPED -> refused(status, "launched");
    };
  }

  private static Outcome to(CampaignStatus status) {
    return new Outcome.Changed(status);
  }

  private static Outcome unchanged() {
    return new Outcome.Unchanged();
  }

  private static Outcome refused(CampaignStatus status, String verb) {
    return new Outcome.Refused(
        "ILLEGAL_TRANSITION", "A campaign that is " + status + " cannot be " + verb + ".");
  }
}
