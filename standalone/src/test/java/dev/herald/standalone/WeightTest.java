package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a page costs: bytes, round trips, memory, and what ten thousand campaigns change in that.
 */
@ExtendWith(SharedStage.class)
class WeightTest {
  private static final Logger log = LoggerFactory.getLogger(WeightTest.class);
  private static final int MOST_BYTES = 150 * 1024;
  private static final int MANY = 10_000;

  private final Stage stage;
  private final Browser browser;

  WeightTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.browser = browser;
  }

  @Test
  void theFirstViewOfTheCampaignsIsSmallAndNoRequestWaitsForMoreThanTwo() throws SQLException {
    fillWithCampaigns();
    try (Visit visit = browser.owner(stage)) {
      CDPSession devtools = visit.context().newCDPSession(visit.page());
      devtools.send("Network.enable");
      Map<String, String> urls = new HashMap<>();
      Map<String, Integer> sizes = new HashMap<>();
      List<String> late = new ArrayList<>();
      devtools.on("Network.requestWillBeSent", event -> note(event, urls, late));
      devtools.on(
          "Network.loadingFinished",
          event ->
              sizes.put(
                  event.get("requestId").getAsString(), event.get("encodedDataLength").getAsInt()));
      visit.go("/campaigns");
      assertThat(visit.rows()).hasCount(50);
      assertThat(visit.page().locator(".nav-money")).isVisible();
      visit.page().waitForLoadState();

      int bytes = sizes.values().stream().mapToInt(Integer::intValue).sum();
      log.info("First view of {} campaigns: {} requests, {} bytes", MANY, sizes.size(), bytes);
      assertThat(bytes).isBetween(10_000, MOST_BYTES);
      // The page and boot.js name everything the first view needs: nothing is asked for later.
      assertThat(late).isEmpty();
    }
  }

  private static void note(JsonObject event, Map<String, String> urls, List<String> late) {
    String url = event.getAsJsonObject("request").get("url").getAsString();
    urls.put(event.get("requestId").getAsString(), url);
    JsonObject initiator = event.getAsJsonObject("initiator");
    String by = initiator.get("type").getAsString();
    boolean byBoot = initiator.toString().contains("/js/boot.js");
    boolean stream = url.endsWith(":watch"); // what comes next, not what is shown first
    if (by.equals("script") && !byBoot && !stream) {
      late.add(url);
    }
  }

  @Test
  void tenThousandCampaignsAreReadAPageAtATime() throws SQLException {
    fillWithCampaigns();
    try (Visit visit = browser.owner(stage)) {
      visit.go("/campaigns");
      assertThat(visit.rows()).hasCount(50);
      visit.button("Show more").click();
      assertThat(visit.rows()).hasCount(100);
      visit.field("Search by name").fill("Number 7777");
      assertThat(visit.rows()).hasCount(1);
      visit.button("Clear filters").click();
      visit.page().locator(".filters-end select").last().selectOption("NAME");
      assertThat(visit.rows()).hasCount(50);
      log.info(
          "Last list of 50 among {}: {} ms",
          MANY,
          visit
              .page()
              .evaluate(
                  "performance.getEntriesByType('resource').filter(e =>"
                      + " e.name.includes('/campaigns?')).at(-1).duration"));
    }
  }

  @Test
  void aPageLeftOpenForHoursDoesNotGrow() {
    stage.channelRate(1000);
    String id = stage.draft("Left open", 100);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    try (Visit visit = browser.owner(stage)) {
      Page page = visit.page();
      page.clock().install();
      visit.go("/campaigns/" + id);
      Places.awaitLoaded(visit);
      page.clock().runFor("01:00:00");
      Places.awaitLoaded(visit);
      Weight before = weigh(visit);
      for (int hour = 0; hour < 5; hour++) {
        page.clock().runFor("01:00:00");
      }
      await()
          .untilAsserted(
              () -> {
                Weight after = weigh(visit);
                log.info("After an hour: {}; after six: {}", before, after);
                assertThat(after.nodes()).isLessThan(before.nodes() * 1.1 + 50);
                assertThat(after.listeners()).isLessThan(before.listeners() * 1.1 + 20);
                assertThat(after.bytes()).isLessThan(before.bytes() * 1.2 + 500_000);
              });
      assertThat(visit.heading("Left open")).isVisible();
    }
  }

  private record Weight(double nodes, double listeners, double bytes) {}

  private static Weight weigh(Visit visit) {
    CDPSession devtools = visit.context().newCDPSession(visit.page());
    devtools.send("Performance.enable");
    devtools.send("HeapProfiler.collectGarbage");
    Map<String, Double> metrics = new HashMap<>();
    devtools
        .send("Performance.getMetrics")
        .getAsJsonArray("metrics")
        .forEach(
            metric ->
                metrics.put(
                    metric.getAsJsonObject().get("name").getAsString(),
                    metric.getAsJsonObject().get("value").getAsDouble()));
    devtools.detach();
    return new Weight(
        metrics.get("Nodes"), metrics.get("JSEventListeners"), metrics.get("JSHeapUsedSize"));
  }

  /**
   * Drafts by the thousand, older than all others; made behind the service, which would take long.
   */
  private void fillWithCampaigns() throws SQLException {
    try (Connection database = stage.herald().superuser();
        Statement statement = database.createStatement()) {
      statement.execute(
          """
          insert into campaign.campaign
                 (campaign_id, workspace_id, name, type, message_type, status, channel_id, template_id,
                  content, start_grace, created_at, created_by, audience_id)
          select n, workspace_id, 'Number ' || n, type, message_type, 'DRAFT', channel_id, template_id,
                 content, start_grace, created_at - n * interval '1 minute', created_by, audience_id
            from campaign.campaign, generate_series(1, %d) as n
           where name = 'First look'
          on conflict do nothing
          """
              .formatted(MANY));
    }
  }
}
