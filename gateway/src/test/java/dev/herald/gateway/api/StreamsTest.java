package dev.herald.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.gateway.testing.Answer;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StreamsTest extends StreamsFixture {

  @Test
  void aWatchedCampaignIsPassedOnAsItChangesUntilTheClientGoes() throws IOException {
    BlockingQueue<Integer> changes = new LinkedBlockingQueue<>(List.of(1, 2));
    AtomicBoolean cancelled = new AtomicBoolean();
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getWatchCampaignAnalyticsMethod(),
        (requests, answers) -> {
          var call = (ServerCallStreamObserver<com.google.protobuf.Message>) answers;
          call.setOnCancelHandler(() -> cancelled.set(true));
          Thread.startVirtualThread(
              () -> {
                while (!call.isCancelled()) {
                  Integer next = poll(changes);
                  if (next != null) {
                    answers.onNext(analytics(next));
                  }
                }
              });
        });

    HttpResponse<InputStream> response =
        herald.send(
            herald.request("/api/v1/campaigns/8/analytics:watch"), BodyHandlers.ofInputStream());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    try (BufferedReader events = reader(response)) {
      assertThat(block(events)).containsExactly("retry: 2000");
      List<String> first = block(events);
      assertThat(first.get(0)).isEqualTo("event: analytics");
      assertThat(first.get(1)).isEqualTo("id: 1");
      assertThat(first.get(2)).startsWith("data: {\"").contains("\"campaignId\":\"8\"");
      assertThat(block(events)).contains("id: 2");
      changes.add(3);
      assertThat(block(events)).contains("id: 3");
    }
    await().untilTrue(cancelled);
  }

  @Test
  void aStreamThatIsRefusedIsAnOrdinaryError() {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getWatchCampaignAnalyticsMethod(),
        (requests, answers) -> {
          throw HeraldException.notFound("CAMPAIGN_NOT_FOUND", "There is no such campaign.");
        });

    Answer answer = herald.get("/api/v1/campaigns/8/analytics:watch");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.reason()).isEqualTo("CAMPAIGN_NOT_FOUND");
  }

  @Test
  void aFileReachesTheServiceByteByByteInPieces() {
    ByteString.Output received = ByteString.newOutput();
    herald.services().stream(
        AudienceServiceGrpc.getUploadAudienceMethod(),
        (requests, answers) -> {
          for (var request : requests) {
            ((UploadAudienceRequest) request).getChunk().writeTo(received);
          }
          answers.onNext(
              UploadAudienceResponse.newBuilder()
                  .setImport(AudienceImport.newBuilder().setAccepted(7).setRows(9))
                  .build());
          answers.onCompleted();
        });
    byte[] file = new byte[3_000_001];
    new java.util.Random(1).nextBytes(file);

    Answer answer =
        herald.send(
            herald
                .request("/api/v1/campaigns/5/audience?defaultRegion=IN&tags=a&tags=b")
                .header("Content-Type", "text/csv; charset=utf-8")
                .POST(BodyPublishers.ofByteArray(file)));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(7);
    assertThat(received.toByteString().toByteArray()).isEqualTo(file);
    UploadAudienceRequest first =
        herald.services().requests(AudienceServiceGrpc.getUploadAudienceMethod()).getFirst();
    assertThat(first.getFile().getCampaignId()).isEqualTo(5);
    assertThat(first.getFile().getDefaultRegion()).isEqualTo("IN");
    assertThat(first.getFile().getTagsList()).containsExactly("a", "b");
    assertThat(first.getFile().getTotalBytes()).isEqualTo(file.length);
  }

  @Test
  void aFileThatIsRefusedEarlyIsAnsweredWithTheReason() {
    herald.services().stream(
        AudienceServiceGrpc.getUploadAudienceMethod(),
        (requests, answers) -> {
          throw HeraldException.invalid("csv", "CSV_NO_PHONE_COLUMN", "Name a column phone.");
        });

    Answer answer =
        herald.send(
            herald
                .request("/api/v1/campaigns/5/audience")
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString("a,b\n1,2\n")));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("CSV_NO_PHONE_COLUMN");
    assertThat(
            herald
                .send(
                    herald
                        .request("/api/v1/campaigns/5/audience")
                        .header("Content-Type", "application/zip")
                        .POST(BodyPublishers.ofString("PK")))
                .status())
        .isEqualTo(415);
  }

  @Test
  void soManyStreamsAndNoMore() {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getWatchCampaignAnalyticsMethod(),
        (requests, answers) -> answers.onNext(analytics(1)));
    String key = herald.key(Role.VIEWER);
    List<HttpResponse<InputStream>> open = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      open.add(
          herald.send(
              herald.requestWith(key, "/api/v1/campaigns/8/analytics:watch"),
              BodyHandlers.ofInputStream()));
    }

    Answer refused = herald.send(herald.requestWith(key, "/api/v1/campaigns/8/analytics:watch"));

    assertThat(open).allMatch(response -> response.statusCode() == 200);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.reason()).isEqualTo("TOO_MANY_STREAMS");
    assertThat(refused.header("Retry-After")).isNotEmpty();
    open.forEach(
        response -> {
          try {
            response.body().close();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }
}
