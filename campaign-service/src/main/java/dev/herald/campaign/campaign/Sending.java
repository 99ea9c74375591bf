package dev.herald.campaign.campaign;

import java.time.Duration;

/** The dispatcher, as the life of a campaign sees it. */
public interface Sending {

  /** There may be something to send. */
  void wake();

  /**
   * The campaign changed and the change is committed: whatever was claimed before it leaves no more
   * from this process.
   */
  void changed(CampaignId campaign, long version);

  /**
   * Returns when no message of the campaign is under way from any process, or when the time is
   * over.
   *
   * @return how many still may be under way
   */
  int awaitQuiet(CampaignId campaign, Duration longest);
}
