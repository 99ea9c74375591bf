package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.simulator.control.Controls;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Update;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a marketer does with campaigns that exist, in a real browser on the real stack. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class CampaignPagesTest {
  private final Stage stage;
  private final Visit visit;
  private String sent = "";

  CampaignPagesTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.visit = browser.owner(stage);
  }

  @BeforeAll
  void sendOne() {
    stage.channelRate(1000);
    sent = stage.draft("Told in full", 200);
    stage.launch(sent);
    stage.awaitStatus(sent, "SENT");
    stage.awaitSettled(sent);
  }

  @BeforeEach
  void fast() {
    stage.channelRate(1000);
  }

  @AfterAll
  void close() {
    assertThat(visit.complaints()).isEmpty();
    visit.close();
  }

  @Test
  void theListShowsWhatBecameOfEachCampaignAndSaysThatNothingReachesAPhone() {
    visit.go("/campaigns");
    assertThat(visit.text("Nothing reaches a phone")).isVisible();
    Locator row = visit.row("Told in full");
    for (String shown : new String[] {"Sent", "Broadcast", "Template", "200", "$"}) {
      assertThat(row).containsText(shown);
    }
    assertThat(row.locator("time")).hasAttribute("title", Pattern.compile("20\\d\\d"));
    assertThat(row.locator(".bar")).hasAttribute("aria-label", Pattern.compile("Read"));
    row.locator(".cell-eye").click();
    assertThat(visit.heading("Told in full")).isVisible();
  }

  @Test
  void whatPeopleAnswerIsShownByButtonAndInTheirWords() {
    Controls people = stage.herald().simulator().controls();
    List<Message> theirs =
        stage
            .herald()
            .simulator()
            .record()
            .messages(Query.callbackPrefix("h1." + sent + "."), 0, 10_000);
    List<Message> got =
        theirs.stream()
            .filter(one -> one.acknowledged().contains(Update.DELIVERED))
            // Who has answered by themselves is counted already.
            .filter(one -> one.planned().stream().noneMatch(Update::isInbound))
            .toList();
    Message yes = got.get(0);
    Message no = got.get(1);
    Message words = got.get(2);
    int before = stage.analytics(sent).path("replied").asInt();
    people.tap(yes.number(), yes.to(), "none of ours", "Yes, please", yes.wamid());
    people.tap(no.number(), no.to(), "none of ours", "Yes, please", no.wamid());
    people.text(words.number(), words.to(), "Is it <b>still</b> open?", words.wamid());
    await()
        .untilAsserted(
            () ->
                assertThat(stage.analytics(sent).path("replied").asInt())
                    .isGreaterThanOrEqualTo(before + 3));

    visit.go("/campaigns/" + sent);
    Locator card = visit.page().locator("section:has(#replies-title)");
    assertThat(card.locator(".share").filter(containing("Yes, please"))).containsText("2");
    assertThat(card.locator(".share").filter(containing("In their own words"))).isVisible();
    assertThat(card.locator(".reply").filter(containing("Is it <b>still</b> open?"))).isVisible();
  }

  @Test
  void whatTheCampaignBroughtInIsShownInMoneyAndAsAMultipleOfItsCost() {
    String token =
        new LinkCodec(List.of(stage.herald().messageKeySecret()))
            .encode(
                new LinkCodec.Link(new MessageKey(Long.parseLong(sent), 7, "IN", 20_261_101), 0));
    for (String order : List.of("web-1", "web-2")) {
      stage
          .api()
          .post(
              "conversions",
              Map.of(
                  "conversionId",
                  order,
                  "clickToken",
                  token,
                  "value",
                  Map.of("currency", "USD", "micros", "45500000")));
    }
    visit.go("/campaigns/" + sent);
    Locator card = visit.page().locator("section:has(#conversions-title)");
    assertThat(card).containsText("What it brought in");
    assertThat(card).containsText("$91.00");
    assertThat(card).containsText("2 conversions; messages that led to one: 1");
    assertThat(card).containsText(Pattern.compile("[\\d.,]+ times the cost"));
  }

  private static Locator.FilterOptions containing(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void theListIsFilteredAndSortedAndTheAddressKeepsIt() {
    stage.draft("Zebra crossing", 3);
    visit.go("/campaigns");
    visit.field("Search by name").fill("zebra");
    assertThat(visit.rows()).hasCount(1);
    assertThat(visit.row("Zebra crossing")).isVisible();
    visit.button("Sent").click();
    assertThat(visit.heading("Nothing found")).isVisible();
    assertThat(visit.path()).contains("text=zebra").contains("status=SENT");

    visit.page().reload();
    assertThat(visit.heading("Nothing found")).isVisible();
    visit.button("Clear").first().click();
    assertThat(visit.row("Told in full")).isVisible();

    visit.button("Campaign").click();
    assertThat(visit.page().locator("th[aria-sort=ascending]")).containsText("Campaign");
    assertThat(visit.path()).contains("order=NAME");
    visit.page().locator(".filters-end select").first().selectOption("API");
    assertThat(visit.row("Told in full")).not().isVisible();
  }

  @Test
  void aRunningCampaignIsWatchedPausedResumedAndStoppedForGood() {
    // Slow enough that it runs for minutes, so that it is not over before it is stopped.
    stage.channelRate(20);
    String id = stage.draft("Watched in the browser", 3000);
    stage.launch(id);
    visit.go("/campaigns/" + id);
    assertThat(visit.pill("Live")).isVisible();
    assertThat(visit.page().locator(".progress-rate")).containsText("a second");
    assertThat(visit.page().locator(".progress-rate")).containsText("left");
    await().until(() -> visit.figure("submitted") > 10);
    int early = visit.figure("submitted");
    await().until(() -> visit.figure("submitted") > early);

    visit.choose("Set status", "Pause");
    assertThat(visit.pill("Paused")).isVisible();
    int atPause = stage.judge(id).accepted();
    await().until(() -> visit.figure("submitted") == atPause);

    visit.choose("Set status", "Resume");
    assertThat(visit.pill("Live")).isVisible();

    visit.choose("Set status", "Stop");
    assertThat(visit.dialog()).containsText("A stop is final");
    visit.dialog().getByText("Cancel").click();
    assertThat(visit.dialog()).not().isVisible();
    assertThat(visit.pill("Live")).isVisible();

    visit.choose("Set status", "Stop");
    visit.button("Stop for good").click();
    assertThat(visit.pill("Stopped")).isVisible();
    assertThat(visit.button("Set status")).isDisabled();
    assertThat(stage.campaign(id).path("status").asText()).isEqualTo("STOPPED");

    visit.tab("History").click();
    assertThat(visit.page().locator(".timeline li")).hasCount(5);
    assertThat(visit.page().locator(".timeline")).containsText("owner-");
  }

  @Test
  void theListIsLiveToo() {
    stage.channelRate(10);
    String id = stage.draft("Seen from the list", 400);
    visit.go("/campaigns");
    stage.launch(id);
    Locator row = visit.row("Seen from the list");
    assertThat(row).containsText("Live");
    stage.channelRate(1000);
    stage.awaitStatus(id, "SENT");
    assertThat(row.locator(".pill")).containsText("Sent");
  }

  @Test
  void everyFigureSaysWhatItMeansAndOpensThePeopleBehindIt() throws IOException {
    visit.go("/campaigns/" + sent);
    var figures = stage.analytics(sent);
    for (String metric :
        new String[] {"audience", "submitted", "sent", "delivered", "read", "failed"}) {
      assertThat(visit.figure(metric)).as(metric).isEqualTo(figures.path(metric).asInt());
      assertThat(visit.page().locator(".tile-" + metric + " .tile-text")).not().isEmpty();
    }
    assertThat(visit.heading("From audience to read")).isVisible();
    assertThat(visit.heading("Over time")).isVisible();
    assertThat(visit.page().locator(".chart canvas")).isVisible();
    assertThat(visit.heading("By country")).isVisible();
    assertThat(visit.page().locator(".bubble")).containsText("Guest");
    assertThat(visit.page().locator(".facts")).containsText("Launched by API key");

    visit.page().locator(".tile-failed").click();
    assertThat(visit.rows()).hasCount(figures.path("failed").asInt());
    Download file = visit.page().waitForDownload(() -> visit.link("Export as CSV").click());
    assertThat(Files.readAllLines(file.path())).hasSize(figures.path("failed").asInt() + 1);
  }

  @Test
  void aReasonOfFailureSaysWhatToDoAndOpensItsPeople() {
    visit.go("/campaigns/" + sent);
    Locator reason = visit.page().locator("section:has(#failures-title) .share").first();
    assertThat(reason).containsText("Meta code");
    int people = Integer.parseInt(reason.locator(".share-count").innerText());
    reason.locator("button").click();
    assertThat(visit.rows()).hasCount(people);
    assertThat(visit.path()).contains("code=");
  }

  @Test
  void failedMessagesCostNothingAndTheStatementAgreesWithTheWallet() {
    visit.go("/campaigns/" + sent + "?tab=cost");
    assertThat(visit.page().locator("dt.total + dd")).hasText("$0.00");
    assertThat(visit.heading("How it is charged")).isVisible();
    assertThat(visit.row("India")).containsText("$0.0118");
    visit.text("The same in words").click();
    assertThat(visit.page().locator(".in-words")).containsText("Failed messages");
  }

  @Test
  void theFiguresCanBeProvenRight() {
    visit.go("/campaigns/" + sent + "?tab=history");
    visit.button("Count again").click();
    assertThat(visit.page().locator(".notice-good")).isVisible();
  }

  @Test
  void thoseWhoDidNotReadAreSentToAgain() {
    visit.go("/campaigns/" + sent);
    visit.button("Retarget").click();
    visit.dialog().getByText("Delivered, not read").first().click();
    visit.button("Create the campaign").click();
    NewCampaign wizard = new NewCampaign(visit.page());
    wizard.name("Once more, politely");
    wizard.template();
    visit.button("Use these people").click();
    int unread =
        stage.analytics(sent).path("delivered").asInt()
            - stage.analytics(sent).path("read").asInt();
    assertThat(visit.button("Continue with " + unread)).isEnabled();
  }

  @Test
  void anApiCampaignShowsTheCallThatWorks() {
    String id = stage.campaign("Called from a terminal", "API");
    stage.launch(id);
    visit.go("/campaigns/" + id);
    Locator code = visit.page().locator("pre.code");
    assertThat(code).containsText("body.1");
    String call = code.innerText();
    assertThat(call).contains("/api/v1/campaigns/" + id + ":trigger");
    String body = call.substring(call.indexOf("-d '") + 4, call.lastIndexOf('\''));
    stage.api().post("campaigns/" + id + ":trigger", read(body));
    await().until(() -> visit.figure("submitted") == 1);
    visit.choose("Set status", "Pause");
    assertThat(visit.pill("Paused")).isVisible();
  }

  private static Map<String, ?> read(String json) {
    try {
      return new ObjectMapper().readValue(json, new TypeReference<>() {});
    } catch (IOException e) {
      throw new AssertionError("Not JSON: " + json, e);
    }
  }
}
