package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import dev.herald.analytics.v1.BatchGetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.gateway.docs.Schemas;
import dev.herald.runtime.HeraldException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Campaigns with their analytics: one question for the whole page. Without analytics it is still a
 * list.
 */
final class CampaignList implements Answer {
  private static final Logger log = LoggerFactory.getLogger(CampaignList.class);

  @Override
  public String json(Call call, Message answer) {
    ListCampaignsResponse page = (ListCampaignsResponse) answer;
    Map<Long, CampaignAnalytics> analytics = analytics(call, page);
    String campaigns =
        page.getCampaignsList().stream()
            .map(campaign -> json(campaign, analytics))
            .collect(Collectors.joining(",", "{\"campaigns\":[", "]}"));
    String rest = ProtoJson.print(page.toBuilder().clearCampaigns().build());
    return ProtoJson.join(campaigns, rest.replaceFirst("\"campaigns\":\\[],?", ""));
  }

  @Override
  public ObjectNode describe(ObjectNode schema, Schemas schemas) {
    ObjectNode properties = (ObjectNode) schema.get("properties");
    ObjectNode campaign = JsonTree.MAPPER.createObjectNode();
    ArrayNode both = campaign.putArray("allOf").add(schemas.reference(Campaign.getDescriptor()));
    both.addObject()
        .put("type", "object")
        .putObject("properties")
        .set("analytics", schemas.reference(CampaignAnalytics.getDescriptor()));
    properties.putObject("campaigns").put("type", "array").set("items", campaign);
    return schema;
  }

  private static String json(Campaign campaign, Map<Long, CampaignAnalytics> analytics) {
    CampaignAnalytics found = analytics.get(campaign.getId());
    String plain = ProtoJson.print(campaign);
    return found == null
        ? plain
        : ProtoJson.join(plain, "{\"analytics\":" + ProtoJson.print(found) + "}");
  }

  private static Map<Long, CampaignAnalytics> analytics(Call call, ListCampaignsResponse page) {
    if (page.getCampaignsCount() == 0) {
      return Map.of();
    }
    var request =
        BatchGetCampaignAnalyticsRequest.newBuilder()
            .addAllCampaignIds(page.getCampaignsList().stream().map(Campaign::getId).toList())
            .setWithCost(true)
            .build();
    try {
      return call
          .call(CampaignAnalyticsServiceGrpc.getBatchGetCampaignAnalyticsMethod(), request)
          .getAnalyticsList()
          .stream()
          .collect(Collectors.toMap(CampaignAnalytics::getCampaignId, Function.identity()));
    } catch (HeraldException e) {
      log.warn("Campaigns are listed without analytics reason={}", e.reason());
      return Map.of();
    }
  }
}
