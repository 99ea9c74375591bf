package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a name to a launch, by every way the page offers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class NewCampaignTest {
  private final Stage stage;
  private final Visit visit;
  private final NewCampaign wizard;

  NewCampaignTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.visit = browser.owner(stage);
    this.wizard = new NewCampaign(visit.page());
    stage.channelRate(1000);
  }

  @AfterAll
  void close() {
    assertThat(visit.complaints()).isEmpty();
    visit.close();
  }

  @Test
  void aFileBecomesACampaignAndItsBadRowsCanBeDownloaded() throws IOException {
    visit.go("/campaigns/new");
    wizard.name("Made in the browser");
    wizard.template();
    wizard.choose(
        file(
            """
            phone,name,first_name,store
            +12125550100,A,Ada,North
            nonsense,B,Bob,South
            +14165550101,C,Cem,East
            +12125550100,A,Ada,North
            """));
    assertThat(visit.text("1 row was left out")).isVisible();
    assertThat(visit.row("phone")).containsText("3");
    Download errors = visit.page().waitForDownload(() -> visit.link("Download all").click());
    assertThat(Files.readString(errors.path())).contains("phone").contains("3");

    assertThat(visit.page().locator(".bubble")).containsText("Ada");
    visit.button("Next person").click();
    assertThat(visit.page().locator(".bubble")).containsText("Cem");
    wizard.onward();
    wizard.launch();
    assertThat(visit.pill("Sent")).isVisible();
    assertThat(visit.figure("audience")).isEqualTo(2);
    assertThat(visit.page().locator(".facts")).containsText("owner-");
  }

  @Test
  void whoWasErasedIsNotShownTheMessage() {
    String id = stage.campaign("With an erased person", "BROADCAST");
    stage
        .api()
        .postCsv(
            "campaigns/" + id + "/audience",
            BodyPublishers.ofString(
                """
                phone,name,first_name
                +12125550177,Guest Ada,Ada
                +14165550178,Guest Cem,Cem
                """));
    stage.api().post("contacts:erase", Map.of("phone", "+12125550177"));

    visit.go("/campaigns/new?draft=" + id + "&step=parameters");
    assertThat(visit.page().locator(".bubble")).containsText("Cem");
    assertThat(visit.text("As Guest Cem will see it.")).isVisible();
  }

  @Test
  void everyStepCanBeLeftAndResumed() {
    visit.go("/campaigns/new");
    visit.field("Name").fill("Finished another day");
    assertThat(visit.heading("Finished another day")).isVisible();
    visit.page().reload();
    assertThat(visit.field("Name")).hasValue("Finished another day");
    wizard.onward();
    wizard.template();
    visit.link("Finish later").click();

    visit.row("Finished another day").getByText("Finished another day").click();
    wizard.step("Who gets it");
    wizard.choose(file("phone,name,first_name\n+12125550102,D,Dee\n"));
    wizard.onward();
    wizard.step("Fill in the template");
    visit.page().reload();
    wizard.step("Fill in the template");
    assertThat(visit.page().locator(".bubble")).containsText("Dee");
    visit.button("Delete draft").click();
    visit.dialog().locator(".button-danger").click();
    assertThat(visit.heading("Campaigns")).isVisible();
    assertThat(visit.row("Finished another day")).not().isVisible();
  }

  @Test
  void aCampaignGoesToContactsWithATagAtALaterTime() {
    stage
        .api()
        .post(
            "contacts",
            Map.of(
                "contacts",
                List.of(
                    Map.of("phone", "+12125550110", "name", "Eve", "tags", List.of("regulars")),
                    Map.of("phone", "+12125550111", "name", "Fay", "tags", List.of("regulars")))));
    visit.go("/campaigns/new");
    wizard.name("For the regulars");
    wizard.template();
    wizard.step("Who gets it");
    visit.text("People Herald knows already").click();
    visit.field("Has all of these tags").fill("regulars");
    assertThat(visit.text("2 contacts match.")).isVisible();
    visit.button("Use these 2 contacts").click();
    wizard.onward();
    wizard.step("Fill in the template");
    visit.field("Filled from").selectOption("name");
    wizard.onward();

    wizard.step("Check and launch");
    assertThat(visit.row("United States")).containsText("$0.05");
    visit.text("Reserves the money now and starts by itself.").click();
    visit.field("Start").fill(localTime(Instant.now().minus(Duration.ofDays(1))));
    assertThat(visit.text("Choose a time in the future.")).isVisible();
    assertThat(visit.button("Schedule for 2 people")).isDisabled();
    visit.field("Start").fill(localTime(Instant.now().plus(Duration.ofDays(2))));
    visit.button("Schedule for 2 people").click();
    assertThat(visit.pill("Scheduled")).isVisible();
    assertThat(visit.text("in 2 days")).isVisible();

    visit.choose("Set status", "Stop");
    visit.button("Stop for good").click();
    assertThat(visit.pill("Stopped")).isVisible();
  }

  @Test
  void aTestMessageIsSentOutsideTheAudience() {
    String id = stage.draft("Tried first", 3);
    visit.go("/campaigns/new?draft=" + id + "&step=launch");
    visit.text("Send a test message first").click();
    visit.field("Number").fill("+1 212 555 0177");
    visit.button("Send test").click();
    assertThat(visit.text("WhatsApp took the test message.")).isVisible();
    assertThat(stage.campaign(id).path("status").asText()).isEqualTo("DRAFT");
  }

  @Test
  void aWalletThatHasTooLittleIsToppedUpOnTheWay() {
    String id = stage.campaign("Dear and far", "BROADCAST");
    stage.api().postCsv("campaigns/" + id + "/audience", BodyPublishers.ofString(germans(9000)));
    visit.go("/campaigns/new?draft=" + id + "&step=launch");
    assertThat(visit.text("short")).isVisible();
    assertThat(visit.button("Launch now")).isDisabled();
    visit.link("Top up").click();
    assertThat(visit.dialog()).containsText("Top up the wallet");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.button("Launch now")).isEnabled();
  }

  @Test
  void anApiCampaignIsSetLive() {
    visit.go("/campaigns/new");
    visit.text("Live: every API call sends to one person").click();
    wizard.name("Receipts");
    wizard.template();
    wizard.step("Fill in the template");
    wizard.onward();
    wizard.step("Check and launch");
    assertThat(visit.page().locator("pre.code")).containsText(":trigger");
    visit.button("Set live").click();
    assertThat(visit.pill("Live")).isVisible();
    visit.choose("Set status", "Stop");
    visit.button("Stop for good").click();
    assertThat(visit.pill("Stopped")).isVisible();
  }

  @Test
  void freeTextGoesOnlyToThoseWhoWroteLately() {
    visit.go("/campaigns/new");
    visit.text("Free text. Reaches only people").click();
    wizard.name("A few words");
    visit.field("Text").fill("Hello *{{name}}*, we are open today.");
    assertThat(visit.page().locator(".bubble strong")).hasText("{{name}}");
    wizard.onward();
    wizard.step("Who gets it");
    visit.text("People Herald knows already").click();
    assertThat(visit.field("Only people who wrote")).isChecked();
  }

  private static String germans(int people) {
    StringBuilder csv = new StringBuilder("phone,name,first_name\n");
    for (int i = 0; i < people; i++) {
      csv.append("+4915").append(110_000_000 + i).append(",G,G\n");
    }
    return csv.toString();
  }

  private static String localTime(Instant instant) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm")
        .withZone(ZoneOffset.UTC)
        .format(instant);
  }

  private static FilePayload file(String csv) {
    return new FilePayload("guests.csv", "text/csv", csv.getBytes(StandardCharsets.UTF_8));
  }
}
