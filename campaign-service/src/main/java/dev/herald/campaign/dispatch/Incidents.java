package dev.herald.campaign.dispatch;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.channel.ChannelId;

/** What sending may bring up that concerns more than one message. */
interface Incidents {

  /** The campaign must not go on until somebody has looked at it. */
  void pauseCampaign(CampaignId campaign, PauseReason.Kind kind, String message, int errorCode);

  /** Nothing of the channel must go on until somebody has looked at it. */
  void pauseChannel(ChannelId channel, PauseReason.Kind kind, String message, int errorCode);

  /** Sending is held for a while, or goes on with "". */
  void channelHeld(ChannelId channel, String reason);
}
