package dev.herald.campaign.campaign;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.UpdateCampaignRequest;
import dev.herald.runtime.HeraldException;
import java.time.Duration;

/** What callers want of campaigns, out of the words of the contract. */
final class CampaignRequests {
  private static final Duration DEFAULT_GRACE = Duration.ofHours(1);
  private static final Duration MAX_GRACE = Duration.ofDays(30);
  private static final Duration MAX_SPREAD = Duration.ofDays(7);

  private CampaignRequests() {}

  static Campaigns.Wish wish(CreateCampaignRequest request) {
    return new Campaigns.Wish(
        name(request.getName()),
        CampaignType.valueOf(request.getType().name()),
        switch (request.getMessageType()) {
          case TEMPLATE -> MessageType.TEMPLATE;
          case REGULAR -> MessageType.REGULAR;
          case MESSAGE_TYPE_UNSPECIFIED, UNRECOGNIZED -> null;
        },
        new ChannelId(request.getChannelId()),
        ContentReader.read(request.getContent()),
        request.getMaxRate(),
        Protos.duration("finish_within", request.getFinishWithin(), MAX_SPREAD),
        region(request.getDefaultRegion()),
        request.hasStartGrace()
            ? Protos.duration("start_grace", request.getStartGrace(), MAX_GRACE)
            : DEFAULT_GRACE);
  }

  static Campaigns.Change change(UpdateCampaignRequest request) {
    return new Campaigns.Change(
        request.hasName() ? name(request.getName()) : null,
        request.hasContent() ? ContentReader.read(request.getContent()) : null,
        request.hasMaxRate() ? request.getMaxRate() : null,
        request.hasFinishWithin()
            ? Protos.duration("finish_within", request.getFinishWithin(), MAX_SPREAD)
            : null,
        request.hasDefaultRegion() ? region(request.getDefaultRegion()) : null,
        request.hasStartGrace()
            ? Protos.duration("start_grace", request.getStartGrace(), MAX_GRACE)
            : null,
        request.hasChannelId() ? new ChannelId(request.getChannelId()) : null,
        request.getExpectedVersion());
  }

  private static String name(String name) {
    String stripped = name.strip();
    if (stripped.isEmpty() || stripped.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
      throw HeraldException.invalid(
          "name", "NAME_INVALID", "A name has visible characters and no control characters.");
    }
    return stripped;
  }

  private static String region(String region) {
    if (!region.isEmpty() && !PhoneNumbers.isRegion(region)) {
      throw HeraldException.invalid(
          "default_region",
          "REGION_UNKNOWN",
          "The default region must be an ISO 3166-1 alpha-2 code such as IN.");
    }
    return region;
  }
}
