package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What else there is to see and to keep: people, templates, channels, money, settings. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class WorkspacePagesTest {
  private final Stage stage;
  private final Visit visit;

  WorkspacePagesTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.visit = browser.owner(stage);
  }

  @AfterAll
  void close() {
    // A refusal is logged by the browser itself; the page has shown it, and the test has seen it.
    assertThat(visit.complaints()).filteredOn(text -> !text.contains("Failed to load")).isEmpty();
    visit.close();
  }

  @Test
  void theOverviewComparesCampaigns() {
    stage.channelRate(1000);
    String id = stage.draft("Counted in the overview", 60);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    stage.awaitSettled(id);
    visit.go("/overview");
    assertThat(visit.page().locator(".chart canvas")).isVisible();
    assertThat(visit.page().locator(".tile-spend")).containsText("$");
    assertThat(visit.row("Counted in the overview")).isVisible();
    visit.page().getByText("Best read").click();
    assertThat(visit.row("Counted in the overview")).containsText("%");
    assertThat(visit.page().locator(".hours li")).hasCount(24);
    assertThat(visit.heading("Why messages failed")).isVisible();
  }

  @Test
  void aContactIsAddedFoundOptedOutAndErased() {
    visit.go("/contacts");
    visit.button("Add contact").click();
    visit.field("Phone number").fill("+44 7700 900123");
    visit.field("Name").fill("Gus");
    visit.field("Tags").fill("new, local");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.text("Contact added.")).isVisible();

    visit.field("Search name or number").fill("Gus");
    assertThat(visit.rows()).hasCount(1);
    Locator gus = visit.row("Gus");
    gus.getByText("local").click();
    assertThat(visit.page()).hasURL(Pattern.compile("tag=local"));

    visit.choose("Actions for Gus", "Opt out");
    visit.dialog().locator(".button-primary, .button-danger").last().click();
    assertThat(gus).containsText("Opted out");
    visit.choose("Actions for Gus", "Allow messages");
    visit.dialog().locator(".button-primary").click();
    assertThat(gus).containsText("Not active");

    visit.choose("Actions for Gus", "Erase");
    visit.dialog().locator(".button-danger").click();
    assertThat(gus).not().isVisible();
  }

  @Test
  void templatesAreReadAgainAndPreviewed() {
    visit.go("/templates");
    visit.button("Read again from WhatsApp").click();
    assertThat(visit.text("Read: 0 new")).isVisible();
    visit.button("Rejected").click();
    Locator rejected = visit.page().locator(".template-card");
    assertThat(rejected.first()).containsText("Rejected");
    rejected.first().getByRole(AriaRole.BUTTON).click();
    assertThat(visit.dialog()).containsText("This template cannot be sent now");
  }

  @Test
  void aChannelIsCheckedAndItsRateChanged() {
    visit.go("/channels");
    visit.button("Check now").click();
    assertThat(visit.text("WhatsApp accepts this channel")).isVisible();
    visit.choose("More", "Change");
    visit.field("Messages a second, at most").fill("900");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.text("900 messages a second")).isVisible();

    visit.button("Connect a number").click();
    visit.field("Name").fill("Nobody’s number");
    visit.field("Phone number ID").fill("999");
    visit.field("WhatsApp Business Account ID").fill("999");
    visit.field("Access token").fill("wrong");
    visit.field("A number of the simulator").check();
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.dialog().locator(".notice-danger, .field-error").first()).isVisible();
  }

  @Test
  void theWalletIsToppedUpAndEveryMovementIsThere() {
    visit.go("/wallet");
    visit.button("Top up").click();
    visit.field("Amount in USD").fill("12.5");
    visit.field("Payment reference").fill("invoice 7");
    visit.button("Add \\$12.50").click();
    assertThat(visit.row("invoice 7")).containsText("+$12.50");

    visit.button("Change").click();
    visit.field("Warn below, in USD").fill("1000000");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.text("The balance is low")).isVisible();
    visit.button("Change").click();
    visit.field("Warn below, in USD").fill("");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.text("The balance is low")).not().isVisible();

    assertThat(visit.text("Balance at the end")).isVisible();
    visit.button("Check the books").click();
    assertThat(visit.text("The books are exact")).isVisible();
  }

  @Test
  void aPersonIsInvitedAndTheirRoleChanged() {
    visit.go("/settings?section=users");
    visit.button("Invite a person").click();
    visit.field("E-mail address").fill("hal@example.org");
    visit.field("Name").fill("Hal");
    visit.button("Make the invitation").click();
    assertThat(visit.dialog()).containsText("/sign-in?token=");
    visit.page().keyboard().press("Escape");
    Locator hal = visit.row("hal@example.org");
    assertThat(hal).containsText("Operator");
    visit.button("Actions for Hal").click();
    visit.page().getByRole(AriaRole.MENUITEMRADIO).first().click();
    assertThat(hal).containsText("Viewer");
    visit.choose("Actions for Hal", "Remove");
    visit.dialog().locator(".button-danger").click();
    assertThat(hal).not().isVisible();

    visit.tab("Audit log").click();
    assertThat(visit.row("hal@example.org").or(visit.row("ser")).first()).isVisible();
  }

  @Test
  void aKeyIsShownOnceAndRevoked() {
    visit.go("/settings?section=keys");
    visit.button("Make a key").click();
    visit.field("Name").fill("Till at the door");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.dialog().locator(".secret")).containsText("hk_");
    String secret = visit.dialog().locator(".secret code").innerText();
    visit.page().keyboard().press("Escape");
    assertThat(visit.page().locator("main")).not().containsText(secret);
    visit.button("Revoke Till at the door").click();
    visit.dialog().locator(".button-danger").click();
    assertThat(visit.row("Till at the door")).not().isVisible();
  }

  @Test
  void anotherSystemIsToldAndItsDeliveriesAreSeen() {
    visit.go("/settings?section=webhooksOut");
    visit.button("Add an address").click();
    visit.field("Name").fill("Till");
    visit.field("Address").fill("not an address");
    assertThat(visit.dialog().locator(".button-primary")).isDisabled();
    visit.field("Message received").uncheck();
    visit.field("Address").fill("http://192.0.2.1/not-private-enough");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.field("Address")).hasAttribute("aria-invalid", "true");
    visit.field("Address").fill(stage.herald().address() + "/nobody-listens-here");
    visit.dialog().locator(".button-primary").click();
    assertThat(visit.dialog().locator(".secret code")).isVisible();
    visit.page().keyboard().press("Escape");

    Locator card = visit.page().locator(".card", new Page.LocatorOptions().setHasText("Till"));
    assertThat(card).containsText("Message delivered");
    assertThat(card).not().containsText("Message received");
    visit.button("Send a test").click();
    assertThat(card.locator("tbody tr").first()).containsText("Test");
    visit.choose("Actions for Till", "Pause");
    assertThat(card).containsText("Paused");
    visit.choose("Actions for Till", "Remove");
    visit.dialog().locator(".button-danger").click();
    assertThat(visit.text("Nobody is told yet")).isVisible();
  }

  @Test
  void theTimeZoneHoldsForEveryTimeShown() {
    visit.go("/settings?section=workspace");
    visit.field("Time zone").selectOption("Asia/Kolkata");
    visit.button("Save").click();
    assertThat(visit.text("Saved.")).isVisible();
    visit.go("/campaigns");
    assertThat(visit.page().locator(".page-foot")).containsText("India Standard Time");
    visit.go("/settings?section=workspace");
    visit.field("Time zone").selectOption("UTC");
    visit.button("Save").click();
    assertThat(visit.text("Saved.")).isVisible();
  }

  @Test
  void rulesForSendingAreSetAndHold() {
    visit.go("/settings?section=rules");
    visit.field("From").fill("21:00");
    visit.field("Until").fill("21:00");
    visit.button("Save").click();
    assertThat(visit.text("Quiet hours that end when they begin")).isVisible();
    visit.field("Until").fill("08:30");
    visit.field("Messages at most").fill("3");
    visit.field("within days").fill("7");
    visit.field("Add a country").selectOption("NZ");
    visit.button("Save").click();
    assertThat(visit.text("Saved.")).isVisible();

    visit.go("/settings?section=rules");
    assertThat(visit.field("Until")).hasValue("08:30");
    assertThat(visit.field("within days")).hasValue("7");
    // Nobody else on this stage is to be held by them.
    visit.button("Send to New Zealand again").click();
    visit.field("From").fill("");
    visit.field("Until").fill("");
    visit.field("Messages at most").fill("");
    visit.button("Save").click();
    visit.go("/settings?section=rules");
    assertThat(visit.field("Messages at most")).hasValue("");
  }

  @Test
  void aCampaignThatWaitsForTheMorningSaysUntilWhen() {
    LocalTime inIndia = LocalTime.now(ZoneId.of("Asia/Kolkata")).truncatedTo(ChronoUnit.MINUTES);
    quietHours(inIndia.minusHours(1).toString(), inIndia.plusHours(2).toString());
    try {
      // Each third is of Brazil, where it is another hour.
      String id = stage.draft("Some sleep", 9);
      stage.launch(id);
      await().until(() -> stage.analytics(id).path("submitted").asInt() == 3);
      visit.go("/campaigns/" + id);
      assertThat(visit.text("Goes on in")).isVisible();
      visit.choose("Set status", "Stop");
      visit.dialog().locator(".button-danger").click();
      assertThat(visit.pill("Stopped")).isVisible();
    } finally {
      quietHours("", "");
    }
  }

  private void quietHours(String from, String until) {
    stage.api().patch("sending-rules", Map.of("quietHours", Map.of("from", from, "until", until)));
  }
}
