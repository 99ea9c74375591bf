package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.runtime.trace.Tracing;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One trace leads from the launch to the sending, another from a webhook to what it changed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesTest {
  private static final String THEIR_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String THEIR_SPAN = "00f067aa0ba902b7";

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final HttpClient http = HttpClient.newHttpClient();
  private Tracing tracing;
  private Stage stage;
  private String campaign;

  @BeforeAll
  void sendACampaign(@TempDir Path folder) throws Exception {
    tracing = Tracing.start(spans, 100, "herald-test");
    stage = Stage.open(folder);
    campaign = stage.draft("Traced", 20);
    URI launch = stage.herald().address().resolve("/api/v1/campaigns/" + campaign + ":launch");
    HttpRequest request =
        HttpRequest.newBuilder(launch)
            .header("Authorization", "Bearer " + stage.herald().apiKey())
            .header("traceparent", "00-" + THEIR_TRACE + "-" + THEIR_SPAN + "-00")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{}"))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    stage.awaitStatus(campaign, "SENT");
    stage.awaitSettled(campaign);
  }

  @AfterAll
  void close() throws IOException {
    http.close();
    stage.close();
    tracing.close();
  }

  private List<SpanData> ended() {
    return List.copyOf(spans.getFinishedSpanItems());
  }

  private Stream<SpanData> named(String name) {
    return ended().stream().filter(span -> span.getName().equals(name));
  }

  @Test
  void theTraceOfALaunchLeadsFromItsCallerToEveryMessage() {
    await()
        .untilAsserted(
            () -> assertThat(named("POST messages").filter(this::isTheirs)).hasSizeGreaterThan(19));
    Set<String> names =
        ended().stream().filter(this::isTheirs).map(SpanData::getName).collect(Collectors.toSet());
    assertThat(names)
        .contains(
            "POST /api/v1/campaigns/{campaignId}:launch",
            "herald.campaign.v1.CampaignService/LaunchCampaign",
            "herald.billing.v1.ReservationService/Reserve",
            "dispatch batch",
            "POST messages");
    SpanData first = named("POST /api/v1/campaigns/{campaignId}:launch").findFirst().orElseThrow();
    assertThat(first.getParentSpanId()).isEqualTo(THEIR_SPAN);
  }

  private boolean isTheirs(SpanData span) {
    return span.getTraceId().equals(THEIR_TRACE);
  }

  @Test
  void theTraceOfAWebhookLeadsToTheCommitOfItsEvidence() {
    await()
        .untilAsserted(
            () -> {
              Set<String> intake =
                  named("POST /webhooks/whatsapp")
                      .map(SpanData::getSpanId)
                      .collect(Collectors.toSet());
              Set<String> applied =
                  named("webhooks apply")
                      .flatMap(
                          span ->
                              Stream.concat(
                                  Stream.of(span.getParentSpanId()),
                                  span.getLinks().stream()
                                      .map(LinkData::getSpanContext)
                                      .map(context -> context.getSpanId())))
                      .collect(Collectors.toSet());
              assertThat(intake).isNotEmpty();
              assertThat(applied).as("webhooks that an application names").containsAll(intake);
              Set<String> traces =
                  named("webhooks apply").map(SpanData::getTraceId).collect(Collectors.toSet());
              assertThat(
                      named("herald.analytics.v1.EvidenceService/RecordEvidence")
                          .map(SpanData::getTraceId))
                  .anyMatch(traces::contains);
            });
  }

  @Test
  void noSpanNamesAPerson() {
    assertThat(ended()).isNotEmpty();
    for (SpanData span : ended()) {
      String all = span.getName() + span.getAttributes() + span.getStatus() + span.getEvents();
      assertThat(all).doesNotContainPattern("9198000\\d{5}|55219800\\d{5}|Guest");
    }
  }
}
