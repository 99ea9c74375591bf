package dev.herald.campaign.campaign;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message to an audience.
 *
 * @param pause set while PAUSED
 * @param maxRate messages a second at most; 0: the channel's own rate
 * @param finishWithin how long after its start the last message leaves; zero: as soon as it can
 * @param defaultRegion for numbers without a country code; "" if they need one
 * @param startAt when a SCHEDULED campaign starts
 * @param startGrace how late it may start
 * @param endedAt when it became SENT or STOPPED
 * @param version grows with every change
 * @param audienceId whose recipients are its
 * @param lot the price line of a broadcast; 0 before its launch, and for API campaigns
 * @param category null before the launch
 * @param chargeBasis in billing's words; null before money was reserved
 * @param hidden a campaign of Herald's own, never listed
 * @param audience recipients it is triggered for
 * @param attempted recipients handed to the dispatcher so far
 * @param timeZone of the workspace
 */
public record Campaign(
    CampaignId id,
    WorkspaceId workspace,
    String name,
    CampaignType type,
    MessageType messageType,
    CampaignStatus status,
    @Nullable PauseReason pause,
    ChannelId channel,
    Content content,
    String templateName,
    String templateLanguage,
    int maxRate,
    Duration finishWithin,
    String defaultRegion,
    @Nullable Instant startAt,
    Duration startGrace,
    Instant createdAt,
    @Nullable Instant launchedAt,
    @Nullable Instant endedAt,
    String createdBy,
    String launchedBy,
    long version,
    long audienceId,
    int lot,
    @Nullable MessageCategory category,
    @Nullable String chargeBasis,
    boolean hidden,
    Columns columns,
    int audience,
    int attempted,
    boolean simulated,
    String timeZone) {

  /**
   * The version of a snapshot: the campaign's own first, then the size of the audience, which grows
   * without touching the campaign. Both only grow, so the pair does.
   */
  public long snapshotVersion() {
    return (version << 31) | audience;
  }
}
