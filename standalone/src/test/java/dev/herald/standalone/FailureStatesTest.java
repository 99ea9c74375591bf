package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Route;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When something does not work, a page says what, keeps what it has, and goes on by itself. */
@ExtendWith(SharedStage.class)
class FailureStatesTest {
  private static final Pattern STREAM = Pattern.compile("/api/v1/campaigns:watch");
  private static final Pattern CONTACTS = Pattern.compile("/api/v1/contacts\\?");
  private static final Pattern TEMPLATES = Pattern.compile("/api/v1/templates\\?");

  private final Stage stage;
  private final Browser browser;

  FailureStatesTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.browser = browser;
  }

  @Test
  void aLostStreamIsSaidTheFiguresStayAndItResumes() {
    stage.channelRate(1000);
    String id = stage.draft("Watched through a bad line", 20);
    try (Visit visit = browser.owner(stage)) {
      visit.page().route(STREAM, Route::abort);
      visit.go("/campaigns");
      assertThat(visit.text("The connection to Herald is lost.")).isVisible();
      assertThat(visit.row("Watched through a bad line")).isVisible();

      stage.launch(id);
      stage.awaitStatus(id, "SENT");
      assertThat(visit.row("Watched through a bad line")).containsText("Draft");

      visit.page().unroute(STREAM);
      visit.button("Connect now").click();
      assertThat(visit.text("The connection to Herald is lost.")).not().isVisible();
      assertThat(visit.row("Watched through a bad line").locator(".pill")).containsText("Sent");
    }
  }

  @Test
  void aDeviceThatIsOfflineSaysSoUntilItIsBack() {
    try (Visit visit = browser.owner(stage)) {
      visit.go("/campaigns");
      visit.context().setOffline(true);
      assertThat(visit.text("This device is offline.")).isVisible();
      assertThat(visit.row("First look")).isVisible();
      visit.context().setOffline(false);
      assertThat(visit.text("This device is offline.")).not().isVisible();
    }
  }

  @Test
  void anErrorOfTheServerNamesTheRequestAndCanBeTriedAgain() {
    try (Visit visit = browser.owner(stage)) {
      visit
          .page()
          .route(
              TEMPLATES,
              route ->
                  route.fulfill(
                      new Route.FulfillOptions()
                          .setStatus(500)
                          .setHeaders(Map.of("X-Request-Id", "seen-in-the-log"))
                          .setBody("not even JSON")));
      visit.go("/templates");
      assertThat(visit.alert()).containsText("Something went wrong on the server.");
      assertThat(visit.alert()).containsText("seen-in-the-log");
      visit.page().unroute(TEMPLATES);
      visit.button("Try again").click();
      assertThat(visit.text("simple_news")).isVisible();
    }
  }

  @Test
  void whatWasReadBeforeStaysAndIsMarkedAsOld() {
    try (Visit visit = browser.owner(stage)) {
      visit.go("/contacts");
      assertThat(visit.rows().first()).isVisible();
      int known = visit.rows().count();
      visit.link("Channels").click();
      assertThat(visit.heading("Channels")).isVisible();
      visit.page().route(CONTACTS, Route::abort);
      visit.link("Contacts").click();
      assertThat(visit.alert()).containsText("this is what was known before");
      assertThat(visit.rows()).hasCount(known);
    }
  }

  @Test
  void aRefusedChangeIsExplainedAtItsField() {
    try (Visit visit = browser.owner(stage)) {
      visit.go("/contacts");
      visit.button("Add contact").click();
      visit.field("Phone number").fill("12");
      visit.dialog().locator(".button-primary").click();
      assertThat(visit.dialog().locator(".field-error")).isVisible();
      assertThat(visit.field("Phone number")).hasAttribute("aria-invalid", "true");
    }
  }

  @Test
  void anAddressThatIsNotThereLeadsBack() {
    try (Visit visit = browser.owner(stage)) {
      visit.go("/campaigns/1");
      assertThat(visit.heading("There is no such campaign")).isVisible();
      assertThat(visit.link("Back to the campaigns")).isVisible();
      visit.go("/no-such-page");
      assertThat(visit.heading("Not found")).isVisible();
    }
  }
}
