package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.GetTimeSeriesRequest;
import dev.herald.analytics.v1.SeriesPoint;
import dev.herald.analytics.v1.SeriesStep;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.ListLedgerEntriesRequest;
import dev.herald.billing.v1.ListLedgerEntriesResponse;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.gateway.api.Call;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What happened to a campaign's messages and what they cost, day by day. Days are those of UTC. */
final class DailyAnalytics {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 1000;
  private static final int MOST_ENTRY_PAGES = 50;

  private DailyAnalytics() {}

  /** The days on which something happened, as JSON. */
  static String of(Call call, String id, JsonNode body) {
    long campaign = ProjectApi.campaignId(id);
    LocalDate start = Days.day(body.path("start_date").asText(), "start_date", LocalDate.EPOCH);
    LocalDate end =
        Days.day(body.path("end_date").asText(), "end_date", LocalDate.now(ZoneOffset.UTC));
    if (end.isBefore(start)) {
      throw new AisensyError(400, "end_date is before start_date");
    }
    Timestamp from = Days.timestamp(start);
    Timestamp until = Days.timestamp(end.plusDays(1));
    Map<LocalDate, Long> credit = creditByDay(call, campaign, from, until);
    TreeMap<LocalDate, ObjectNode> days = new TreeMap<>();
    for (SeriesPoint point : series(call, campaign, from, until)) {
      LocalDate day = Days.day(point.getStartTime());
      days.put(
          day,
          JSON.createObjectNode()
              .put("date", day.toString())
              .put("sent", point.getSent())
              .put("delivered", point.getDelivered())
              .put("read", point.getRead())
              .put("failed", point.getFailed())
              .put("replied", point.getReplied())
              .put("clicked", point.getClicked()));
    }
    for (LocalDate day : credit.keySet()) {
      days.computeIfAbsent(day, empty -> emptyDay(day));
    }
    ObjectNode answer = JSON.createObjectNode().put("campaign_id", id);
    ArrayNode list = answer.putArray("analytics");
    days.forEach(
        (day, node) ->
            list.add(node.put("credit_usage", ProjectApi.units(credit.getOrDefault(day, 0L)))));
    return answer.toString();
  }

  private static List<SeriesPoint> series(
      Call call, long campaign, Timestamp from, Timestamp until) {
    return call.call(
            CampaignAnalyticsServiceGrpc.getGetTimeSeriesMethod(),
            GetTimeSeriesRequest.newBuilder()
                .setCampaignId(campaign)
                .setStep(SeriesStep.DAY)
                .setStartTime(from)
                .setEndTime(until)
                .setTimeZone("UTC")
                .build())
        .getPointsList();
  }

  // Charges less refunds, from the ledger itself.
  private static Map<LocalDate, Long> creditByDay(
      Call call, long campaign, Timestamp from, Timestamp until) {
    Map<LocalDate, Long> byDay = new HashMap<>();
    String pageToken = "";
    for (int page = 0; page < MOST_ENTRY_PAGES; page++) {
      ListLedgerEntriesResponse entries =
          call.call(
              WalletServiceGrpc.getListLedgerEntriesMethod(),
              ListLedgerEntriesRequest.newBuilder()
                  .setCampaignId(campaign)
                  .addCauses(LedgerEntry.Cause.CHARGE)
                  .addCauses(LedgerEntry.Cause.REFUND)
                  .setStartTime(from)
                  .setEndTime(until)
                  .setPageSize(PAGE)
                  .setPageToken(pageToken)
                  .build());
      for (LedgerEntry entry : entries.getEntriesList()) {
        long micros = entry.getAmount().getMicros();
        byDay.merge(
            Days.day(entry.getCreateTime()),
            entry.getCause() == LedgerEntry.Cause.REFUND ? -micros : micros,
            Math::addExact);
      }
      pageToken = entries.getNextPageToken();
      if (pageToken.isEmpty()) {
        return byDay;
      }
    }
    throw new AisensyError(400, "Too many days: ask for a shorter range");
  }

  private static ObjectNode emptyDay(LocalDate day) {
    ObjectNode node = JSON.createObjectNode().put("date", day.toString());
    List.of("sent", "delivered", "read", "failed", "replied", "clicked")
        .forEach(metric -> node.put(metric, 0));
    return node;
  }
}
