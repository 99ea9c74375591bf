package dev.herald.analytics;

import static dev.herald.analytics.AnalyticsFixture.START;
import static dev.herald.analytics.AnalyticsFixture.WORKSPACE;
import static dev.herald.analytics.AnalyticsFixture.evidence;
import static dev.herald.analytics.AnalyticsFixture.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceRejection;
import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.ListUnattributedRequest;
import dev.herald.analytics.v1.ListUnattributedResponse;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.RecordUnattributedRequest;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.analytics.v1.UnattributedCount;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages and statuses, listed and paged. */
class AnalyticsListsTest extends AnalyticsServiceFixture {

  @Test
  void aBadElementIsNamedAndItsNeighboursAreTaken() {
    var good = evidence(campaign, 0, EvidenceKind.SENT, START);
    List<EvidenceRejection> rejections =
        service.record(
            good.clone().setOrdinal(-1).build(),
            good.build(),
            good.clone().setKindValue(99).build(),
            good.clone().clearTime().build(),
            good.clone().setCountry("i\u0000").build(),
            good.clone().setWorkspaceId(WORKSPACE + 1).build(),
            good.clone().setSkipReasonValue(70_000).build());
    assertThat(rejections.stream().map(EvidenceRejection::getIndex).toList())
        .containsExactly(0, 2, 3, 4, 5, 6);
    assertThat(rejections.stream().map(EvidenceRejection::getReason).toList())
        .containsExactly(
            "ORDINAL_NEGATIVE",
            "KIND_UNSPECIFIED",
            "TIME_MISSING",
            "COUNTRY_INVALID",
            "WORKSPACE_MISMATCH",
            "SKIP_REASON_OUT_OF_RANGE");
    assertThat(get().getSent()).isEqualTo(1);
  }

  @Test
  void listsPageByKeyThroughEveryFilter() {
    var request = new ArrayList<dev.herald.analytics.v1.Evidence>();
    for (int i = 0; i < 9000; i++) {
      request.add(
          evidence(campaign, i, EvidenceKind.SENT, START.plusSeconds(i))
              .setCountry(i % 2 == 0 ? "IN" : "US")
              .build());
      if (i % 1000 == 7) {
        request.add(
            evidence(campaign, i, EvidenceKind.FAILED, START.plusSeconds(i))
                .setFailure(Failure.newBuilder().setCode(131026))
                .build());
      }
    }
    service.record(request.toArray(dev.herald.analytics.v1.Evidence[]::new));
    assertThat(ordinals(MessageFilter.newBuilder().addBuckets(Bucket.BUCKET_FAILED), 4))
        .containsExactly(7, 1007, 2007, 3007, 4007, 5007, 6007, 7007, 8007);
    assertThat(ordinals(MessageFilter.newBuilder().addFailureCodes(131026), 4)).hasSize(9);
    assertThat(ordinals(MessageFilter.newBuilder().addFailureCodes(1), 4)).isEmpty();
    assertThat(ordinals(MessageFilter.newBuilder().addCountries("US"), 1000)).hasSize(4491);
    assertThat(
            ordinals(
                MessageFilter.newBuilder()
                    .addCountries("IN")
                    .addBuckets(Bucket.BUCKET_SENT)
                    .setStartTime(time(START.plusSeconds(4000)))
                    .setEndTime(time(START.plusSeconds(4200))),
                30))
        .hasSize(100)
        .startsWith(4000)
        .endsWith(4198);
    assertThat(ordinals(MessageFilter.newBuilder(), 1000)).hasSize(9000);
    List<Message> exported = new ArrayList<>();
    service
        .analytics()
        .exportMessages(ExportMessagesRequest.newBuilder().setCampaignId(campaign).build())
        .forEachRemaining(chunk -> exported.addAll(chunk.getMessagesList()));
    assertThat(exported).hasSize(9000);
  }

  @Test
  void contradictionsCanBeLookedAt() {
    aFewMessages();
    assertThat(ordinals(MessageFilter.newBuilder().setAnomaliesOnly(true), 10)).containsExactly(1);
  }

  @Test
  void whoWasSkippedIsListedByReason() {
    aFewMessages();
    service.record(
        evidence(campaign, 5, EvidenceKind.SKIPPED, START)
            .setSkipReason(SkipReason.NOT_ACTIVE)
            .build());
    assertThat(ordinals(MessageFilter.newBuilder().addSkipReasons(SkipReason.OPTED_OUT), 10))
        .containsExactly(4);
    assertThat(
            ordinals(
                MessageFilter.newBuilder()
                    .addSkipReasons(SkipReason.OPTED_OUT)
                    .addSkipReasons(SkipReason.NOT_ACTIVE),
                1))
        .containsExactly(4, 5);
    assertThat(ordinals(MessageFilter.newBuilder().addSkipReasons(SkipReason.INVALID_NUMBER), 10))
        .isEmpty();
  }

  @Test
  void unattributedStatusesAreCountedOnceAndPaged() {
    RecordUnattributedRequest.Builder request =
        RecordUnattributedRequest.newBuilder().setBatchId("batch " + campaign);
    for (int i = 0; i < 5; i++) {
      request.addCounts(
          UnattributedCount.newBuilder()
              .setWorkspaceId(campaign)
              .setChannelId(1 + i % 2)
              .setReason("REASON_" + i)
              .setCount(3)
              .setTime(time(START)));
    }
    request.addCounts(UnattributedCount.newBuilder().setWorkspaceId(campaign));
    assertThat(service.evidence().recordUnattributed(request.build()).getRejections(0).getIndex())
        .isEqualTo(5);
    service.evidence().recordUnattributed(request.build());
    List<UnattributedCount> counts = new ArrayList<>();
    String token = "";
    do {
      ListUnattributedResponse page =
          service
              .analytics(campaign)
              .listUnattributed(
                  ListUnattributedRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      counts.addAll(page.getCountsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(counts).hasSize(5).allMatch(count -> count.getCount() == 3);
  }
}
