package dev.herald.gateway.aisensy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.GetTemplateRequest;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.api.Call;
import java.time.Duration;
import java.util.Optional;

/** API campaigns by their names, which is how AiSensy's clients know them. */
final class Campaigns {
  private static final Duration GOOD_FOR = Duration.ofSeconds(10);
  private static final int MOST_KNOWN = 10_000;
  private static final int PAGE = 1000;
  private static final int MOST_PAGES = 20;
  private static final int MAX_NAME = 200;

  private final Cache<Name, LiveCampaign> known =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterWrite(GOOD_FOR).build();

  private record Name(long workspace, String name) {}

  /** The API campaign of exactly this name. */
  LiveCampaign find(Call call, String campaignName) {
    Name name = new Name(call.actor().workspace(), campaignName);
    LiveCampaign campaign = known.getIfPresent(name);
    if (campaign == null) {
      campaign =
          search(call, campaignName)
              .map(found -> LiveCampaign.of(found, template(call, found)))
              .orElseThrow(AisensyError::unknownCampaign);
      known.put(name, campaign);
    }
    return campaign;
  }

  private static Optional<Campaign> search(Call call, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return Optional.empty();
    }
    String pageToken = "";
    for (int page = 0; page < MOST_PAGES; page++) {
      ListCampaignsResponse found =
          call.call(
              CampaignServiceGrpc.getListCampaignsMethod(),
              ListCampaignsRequest.newBuilder()
                  .setText(name)
                  .setType(CampaignType.API)
                  .setPageSize(PAGE)
                  .setPageToken(pageToken)
                  .build());
      Optional<Campaign> exact =
          found.getCampaignsList().stream()
              .filter(campaign -> campaign.getName().equals(name))
              .findFirst();
      pageToken = found.getNextPageToken();
      if (exact.isPresent() || pageToken.isEmpty()) {
        return exact;
      }
    }
    return Optional.empty();
  }

  private static Template template(Call call, Campaign campaign) {
    if (!campaign.getContent().hasTemplate()) {
      return Template.getDefaultInstance();
    }
    long id = campaign.getContent().getTemplate().getTemplateId();
    return call.call(
            TemplateServiceGrpc.getGetTemplateMethod(),
            GetTemplateRequest.newBuilder().setTemplateId(id).build())
        .getTemplate();
  }
}
