package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.evidence;

import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.ListMessagesRequest;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.ReconcileCampaignRequest;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.runtime.Ids;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A service with a few messages of known fate. */
abstract class AnalyticsServiceFixture {

  static AnalyticsFixture service;

  final long campaign = Ids.next();

  @BeforeAll
  static void start() {
    service = new AnalyticsFixture();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    service.close();
  }

  /** Billing is not there; what else differs. */
  List<String> differences() {
    ReconcileCampaignResponse response =
        service
            .analytics()
            .reconcileCampaign(
                ReconcileCampaignRequest.newBuilder().setCampaignId(campaign).build());
    return response.getDifferencesList().stream()
        .filter(difference -> !difference.startsWith("billing"))
        .toList();
  }

  /** Sent; failed, then delivered; read; failed; skipped. */
  void aFewMessages() {
    service.record(
        evidence(campaign, 0, EvidenceKind.SENT, START).build(),
        evidence(campaign, 1, EvidenceKind.FAILED, START)
            .setFailure(Failure.newBuilder().setCode(131000))
            .build(),
        evidence(campaign, 1, EvidenceKind.ACCEPTED, START).build(),
        evidence(campaign, 1, EvidenceKind.DELIVERED, START.plusSeconds(60)).build(),
        evidence(campaign, 2, EvidenceKind.SENT, START).build(),
        evidence(campaign, 2, EvidenceKind.DELIVERED, START.plusSeconds(60)).build(),
        evidence(campaign, 2, EvidenceKind.READ, START.plusSeconds(7200)).build(),
        evidence(campaign, 3, EvidenceKind.FAILED, START)
            .setFailure(Failure.newBuilder().setCode(131049).setTitle("Not delivered"))
            .build(),
        evidence(campaign, 4, EvidenceKind.SKIPPED, START)
            .setSkipReason(SkipReason.OPTED_OUT)
            .build());
  }

  List<Integer> ordinals(MessageFilter.Builder filter, int pageSize) {
    List<Integer> ordinals = new ArrayList<>();
    String token = "";
    do {
      ListMessagesResponse page =
          service
              .analytics()
              .listMessages(
                  ListMessagesRequest.newBuilder()
                      .setCampaignId(campaign)
                      .setFilter(filter)
                      .setPageSize(pageSize)
                      .setPageToken(token)
                      .build());
      page.getMessagesList().forEach(message -> ordinals.add(message.getOrdinal()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return ordinals;
  }

  CampaignAnalytics get() {
    return service
        .analytics()
        .getCampaignAnalytics(
            GetCampaignAnalyticsRequest.newBuilder().setCampaignId(campaign).build())
        .getAnalytics();
  }
}
