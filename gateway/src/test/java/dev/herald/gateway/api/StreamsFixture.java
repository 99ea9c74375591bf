package dev.herald.gateway.api;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceSeen;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.WatchCampaignAnalyticsResponse;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsRequest;
import dev.herald.campaign.v1.BatchGetRecipientsResponse;
import dev.herald.campaign.v1.Recipient;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.gateway.testing.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Streams of services that a test holds in its hands. */
abstract class StreamsFixture {

  static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    herald.services().reset();
  }

  static void answerRecipients() {
    herald
        .services()
        .on(
            AudienceServiceGrpc.getBatchGetRecipientsMethod(),
            (BatchGetRecipientsRequest request) ->
                BatchGetRecipientsResponse.newBuilder()
                    .addAllRecipients(
                        request.getOrdinalsList().stream().map(StreamsTest::recipient).toList())
                    .build());
  }

  static Recipient recipient(int ordinal) {
    return Recipient.newBuilder()
        .setCampaignId(5)
        .setOrdinal(ordinal)
        .setPhone("+91980000000" + ordinal)
        .setName("=cmd()" + ordinal)
        .setCountry("IN")
        .build();
  }

  static Message message(int ordinal, Bucket bucket) {
    return Message.newBuilder()
        .setCampaignId(5)
        .setOrdinal(ordinal)
        .setBucket(bucket)
        .addEvidence(seen(EvidenceKind.SENT))
        .build();
  }

  static Message failed(int ordinal) {
    return message(ordinal, Bucket.BUCKET_FAILED).toBuilder()
        .setFailure(
            Failure.newBuilder().setCode(131026).setTitle("@SUM(A1)").setDetails("a \"b\", c"))
        .build();
  }

  static EvidenceSeen seen(EvidenceKind kind) {
    return EvidenceSeen.newBuilder()
        .setKind(kind)
        .setTime(com.google.protobuf.util.Timestamps.fromSeconds(1_790_000_000))
        .build();
  }

  static WatchCampaignAnalyticsResponse analytics(int version) {
    return WatchCampaignAnalyticsResponse.newBuilder()
        .setAnalytics(
            CampaignAnalytics.newBuilder()
                .setCampaignId(8)
                .setStatus(CampaignStatus.LIVE)
                .setVersion(version))
        .build();
  }

  static Integer poll(BlockingQueue<Integer> queue) {
    try {
      return queue.poll(50, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static BufferedReader reader(HttpResponse<InputStream> response) {
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  // The lines up to the next empty one, comments left out.
  static List<String> block(BufferedReader events) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.isEmpty() && !lines.isEmpty()) {
        return lines;
      }
      if (!line.isEmpty() && !line.startsWith(":")) {
        lines.add(line);
      }
    }
    return lines;
  }
}
