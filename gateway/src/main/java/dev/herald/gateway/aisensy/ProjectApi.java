package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.BatchGetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceSeen;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.billing.v1.GetWalletRequest;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsRequest;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.GetCampaignRequest;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.campaign.v1.ListChannelsRequest;
import dev.herald.campaign.v1.Recipient;
import dev.herald.common.v1.CampaignType;
import dev.herald.gateway.api.Call;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The reading half of AiSensy's Project API. */
final class ProjectApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_CAMPAIGNS = 100;
  private static final int DEFAULT_CAMPAIGNS = 10;
  private static final int MOST_SKIPPED = 100_000;
  private static final int MOST_PEOPLE = 1000;
  private static final int DEFAULT_PEOPLE = 20;
  private static final int PAGE = 1000;

  private enum Category {
    SENT,
    DELIVERED,
    READ,
    FAILED,
    REPLIED,
    CLICKED
  }

  /** The project: whose it is, what it may spend, how WhatsApp thinks of it. */
  String project(Call call, String projectId) {
    ObjectNode project = JSON.createObjectNode();
    project.put("_id", projectId).put("id", projectId).put("plan", "SELF_HOSTED");
    Money available =
        call.call(WalletServiceGrpc.getGetWalletMethod(), GetWalletRequest.getDefaultInstance())
            .getWallet()
            .getAvailable();
    project.put("credit", units(available)).put("currency", available.getCurrency());
    Optional<Channel> channel =
        call
            .call(
                ChannelServiceGrpc.getListChannelsMethod(),
                ListChannelsRequest.newBuilder().setPageSize(1).build())
            .getChannelsList()
            .stream()
            .findFirst();
    channel.ifPresent(
        first ->
            project
                .put("name", first.getVerifiedName())
                .put("wa_number", first.getDisplayPhoneNumber())
                .put("quality_rating", first.getQualityRating())
                .put("wa_messaging_tier", first.getMessagingLimitTier()));
    return project.toString();
  }

  /** Campaigns, newest first. */
  String campaigns(Call call, JsonNode body) {
    return campaigns(
        call, body.path("skip"), body.path("limit"), body.path("campaignType").asText("ALL"));
  }

  /** API campaigns, newest first. */
  String apiCampaigns(Call call, Map<String, String> query) {
    JsonNode given = JSON.valueToTree(query);
    return campaigns(call, given.path("skip"), given.path("limit"), "API");
  }

  private static String campaigns(Call call, JsonNode from, JsonNode most, String type) {
    int skip = bounded(from, 0, 0, MOST_SKIPPED);
    int limit = bounded(most, DEFAULT_CAMPAIGNS, 1, MOST_CAMPAIGNS);
    List<Campaign> page = skipped(call, type, skip, limit);
    Map<Long, CampaignAnalytics> analytics = analytics(call, page);
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode rows = answer.putArray("campaigns");
    for (Campaign campaign : page) {
      rows.add(row(campaign, analytics.get(campaign.getId())));
    }
    answer.put("skip", skip).put("limit", limit).put("count", page.size());
    return answer.toString();
  }

  /** One campaign. */
  String campaign(Call call, String id) {
    Campaign campaign =
        call.call(
                CampaignServiceGrpc.getGetCampaignMethod(),
                GetCampaignRequest.newBuilder().setCampaignId(campaignId(id)).build())
            .getCampaign();
    return row(campaign, analytics(call, List.of(campaign)).get(campaign.getId())).toString();
  }

  /** People of a campaign by what happened to their message. */
  String audience(Call call, String id, Map<String, String> query) {
    long campaign = campaignId(id);
    Category category = category(query.getOrDefault("category", ""));
    int limit =
        bounded(JSON.valueToTree(query.getOrDefault("limit", "")), DEFAULT_PEOPLE, 1, MOST_PEOPLE);
    MessageFilter.Builder filter = filter(category);
    if (!query.getOrDefault("start_date", "").isEmpty()) {
      filter.setStartTime(
          Days.timestamp(
              Days.day(query.getOrDefault("start_date", ""), "start_date", LocalDate.EPOCH)));
    }
    if (!query.getOrDefault("end_date", "").isEmpty()) {
      LocalDate end = Days.day(query.getOrDefault("end_date", ""), "end_date", LocalDate.EPOCH);
      filter.setEndTime(Days.timestamp(end.plusDays(1)));
    }
    ListMessagesResponse page =
        call.call(
            CampaignAnalyticsServiceGrpc.getListMessagesMethod(),
            ListMessagesRequest.newBuilder()
                .setCampaignId(campaign)
                .setFilter(filter)
                .setPageSize(limit)
                .setPageToken(query.getOrDefault("after", ""))
                .build());
    Map<Integer, Recipient> people = people(call, campaign, page.getMessagesList());
    ObjectNode answer = JSON.createObjectNode().put("category", category.name());
    ArrayNode rows = answer.putArray("audience");
    for (Message message : page.getMessagesList()) {
      rows.add(person(message, people.get(message.getOrdinal())));
    }
    if (page.getNextPageToken().isEmpty()) {
      answer.putNull("next_after");
    } else {
      answer.put("next_after", page.getNextPageToken());
    }
    return answer.toString();
  }

  private static List<Campaign> skipped(Call call, String type, int skip, int limit) {
    ListCampaignsRequest.Builder request = ListCampaignsRequest.newBuilder();
    switch (type.toUpperCase(Locale.ROOT)) {
      case "API" -> request.setType(CampaignType.API);
      case "BROADCAST" -> request.setType(CampaignType.BROADCAST);
      default -> {}
    }
    List<Campaign> page = new ArrayList<>();
    int toSkip = skip;
    String pageToken = "";
    do {
      ListCampaignsResponse found =
          call.call(
              CampaignServiceGrpc.getListCampaignsMethod(),
              request
                  .setPageSize(Math.min(PAGE, toSkip + limit - page.size()))
                  .setPageToken(pageToken)
                  .build());
      for (Campaign campaign : found.getCampaignsList()) {
        if (toSkip > 0) {
          toSkip--;
        } else if (page.size() < limit) {
          page.add(campaign);
        }
      }
      pageToken = found.getNextPageToken();
    } while (!pageToken.isEmpty() && page.size() < limit);
    return page;
  }

  private static Map<Long, CampaignAnalytics> analytics(Call call, List<Campaign> campaigns) {
    if (campaigns.isEmpty()) {
      return Map.of();
    }
    return call
        .call(
            CampaignAnalyticsServiceGrpc.getBatchGetCampaignAnalyticsMethod(),
            BatchGetCampaignAnalyticsRequest.newBuilder()
                .addAllCampaignIds(campaigns.stream().map(Campaign::getId).toList())
                .build())
        .getAnalyticsList()
        .stream()
        .collect(Collectors.toMap(CampaignAnalytics::getCampaignId, Function.identity()));
  }

  private static ObjectNode row(Campaign campaign, @Nullable CampaignAnalytics analytics) {
    String id = Long.toString(campaign.getId());
    ObjectNode row = JSON.createObjectNode().put("_id", id).put("id", id);
    row.put("name", campaign.getName());
    row.put("status", campaign.getStatus().name());
    row.put("type", campaign.getType().name());
    ObjectNode payload = row.putObject("message_payload");
    payload.putObject("template").put("name", campaign.getContent().getTemplate().getName());
    campaign.getContent().getTemplate().getParametersList().stream()
        .filter(binding -> binding.getPlaceholder().equals(LiveCampaign.MEDIA) && binding.hasText())
        .findFirst()
        .ifPresent(binding -> payload.putObject("media").put("url", binding.getText()));
    row.put("audience_size", campaign.getAudience());
    row.put(
        "submitted_count", analytics == null ? campaign.getAttempted() : analytics.getSubmitted());
    row.put("created_at", Timestamps.toString(campaign.getCreateTime()));
    return row;
  }

  // Cumulative, as everywhere: who has read has also been sent to.
  private static MessageFilter.Builder filter(Category category) {
    MessageFilter.Builder filter = MessageFilter.newBuilder();
    switch (category) {
      case SENT ->
          filter
              .addBuckets(Bucket.BUCKET_SENT)
              .addBuckets(Bucket.BUCKET_DELIVERED)
              .addBuckets(Bucket.BUCKET_READ);
      case DELIVERED -> filter.addBuckets(Bucket.BUCKET_DELIVERED).addBuckets(Bucket.BUCKET_READ);
      case READ -> filter.addBuckets(Bucket.BUCKET_READ);
      case FAILED -> filter.addBuckets(Bucket.BUCKET_FAILED);
      case REPLIED -> filter.addWithEvidence(EvidenceKind.REPLIED);
      case CLICKED -> filter.addWithEvidence(EvidenceKind.CLICKED);
    }
    return filter;
  }

  private static Map<Integer, Recipient> people(Call call, long campaign, List<Message> messages) {
    if (messages.isEmpty()) {
      return Map.of();
    }
    return call
        .call(
            AudienceServiceGrpc.getBatchGetRecipientsMethod(),
            BatchGetRecipientsRequest.newBuilder()
                .setCampaignId(campaign)
                .addAllOrdinals(messages.stream().map(Message::getOrdinal).toList())
                .build())
        .getRecipientsList()
        .stream()
        .collect(Collectors.toMap(Recipient::getOrdinal, Function.identity()));
  }

  private static ObjectNode person(Message message, @Nullable Recipient recipient) {
    ObjectNode row = JSON.createObjectNode();
    row.put("name", recipient == null ? "" : recipient.getName());
    row.put("number", recipient == null ? "" : recipient.getPhone().replace("+", ""));
    for (EvidenceSeen seen : message.getEvidenceList()) {
      String time = Timestamps.toString(seen.getTime());
      switch (seen.getKind()) {
        case SENT -> row.put("sent_at", time);
        case DELIVERED -> row.put("delivered_at", time);
        case READ -> row.put("read_at", time);
        case FAILED -> row.put("failed_at", time);
        case REPLIED -> row.put("replied_at", time);
        case CLICKED -> row.put("clicked_at", time);
        default -> {}
      }
    }
    if (message.hasFailure()) {
      row.putObject("failureResponse")
          .put("code", message.getFailure().getCode())
          .put("reason", message.getFailure().getTitle());
    }
    return row;
  }

  private static Category category(String name) {
    for (Category category : Category.values()) {
      if (category.name().equalsIgnoreCase(name)) {
        return category;
      }
    }
    throw new AisensyError(
        400, "category must be one of SENT, DELIVERED, READ, FAILED, REPLIED, CLICKED");
  }

  static long campaignId(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      throw AisensyError.unknownCampaign();
    }
  }

  private static int bounded(JsonNode given, int fallback, int min, int max) {
    try {
      return Math.clamp(Integer.parseInt(given.asText()), min, max);
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  private static BigDecimal units(Money money) {
    return units(money.getMicros());
  }

  static BigDecimal units(long micros) {
    return BigDecimal.valueOf(micros, 6).stripTrailingZeros();
  }
}
