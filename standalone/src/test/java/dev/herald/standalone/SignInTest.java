package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.LoadState;
import java.net.URI;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who comes in, how, and what each role may do once inside. */
@ExtendWith(SharedStage.class)
class SignInTest {
  private static final String PASSWORD = "correct horse battery staple";

  private final Stage stage;
  private final Browser browser;

  SignInTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.browser = browser;
  }

  @Test
  void aLinkSignsInOnceAndAPasswordFromThenOn() {
    URI link = stage.invite("OPERATOR");
    try (Visit first = browser.stranger(stage, Look.DESKTOP)) {
      Page page = first.page();
      page.navigate(link.toString());
      assertThat(first.heading("Welcome to Herald")).isVisible();
      assertThat(page).hasURL(Pattern.compile("/sign-in$")); // the token has left the address
      first.button("Sign in").click();
      assertThat(first.heading("Campaigns")).isVisible();

      first.link("Set a password").or(first.button("Set a password")).first().click();
      String email = page.locator("dd.break").innerText();
      first.field("New password").fill(PASSWORD);
      first.button("Save").click();
      assertThat(first.text("The password is set")).isVisible();

      first.choose("Preferences and sign-out", "Sign out");
      assertThat(first.heading("Sign in")).isVisible();
      first.field("E-mail address").fill(email);
      first.field("Password").fill("not the password");
      first.button("Sign in").click();
      assertThat(first.alert()).containsText("The e-mail address or the password is wrong.");
      first.field("Password").fill(PASSWORD);
      page.keyboard().press("Enter");
      assertThat(first.heading("Campaigns")).isVisible();
    }
    try (Visit again = browser.stranger(stage, Look.PHONE)) {
      again.page().navigate(link.toString());
      again.button("Sign in").click();
      assertThat(again.alert()).containsText("This link has been used or is too old.");
    }
  }

  @Test
  void aProviderIsOfferedAndWhyItDidNotWorkIsSaid() {
    try (Visit visit = browser.stranger(stage, Look.PHONE)) {
      visit
          .page()
          .route(
              "**/api/v1/session:options",
              route ->
                  route.fulfill(
                      new Route.FulfillOptions()
                          .setContentType("application/json")
                          .setBody(
                              "{\"singleSignOnLabel\":\"Acme\","
                                  + "\"singleSignOnPath\":\"/sign-in/oidc\"}")));
      visit.go("/sign-in?problem=OIDC_NOT_INVITED");
      assertThat(visit.link("Sign in with Acme")).hasAttribute("href", "/sign-in/oidc");
      assertThat(visit.alert()).containsText("Nobody has invited this address yet");
    }
  }

  @Test
  void anEndedSessionLeadsBackToWhereOneWas() {
    try (Visit visit = browser.owner(stage)) {
      visit.go("/settings?section=account");
      String email = visit.page().locator("dd.break").innerText();
      visit.field("New password").fill(PASSWORD);
      visit.button("Save").click();
      assertThat(visit.text("The password is set")).isVisible();

      visit.go("/contacts?group=active");
      // What is still being read would be refused, too, and lead to the sign-in page before the
      // click.
      Places.awaitLoaded(visit);
      visit.page().waitForLoadState(LoadState.NETWORKIDLE);
      visit.context().clearCookies();
      visit.button("Opted out").click();
      assertThat(visit.text("Your session has ended")).isVisible();
      visit.field("E-mail address").fill(email);
      visit.field("Password").fill(PASSWORD);
      visit.button("Sign in").click();
      assertThat(visit.heading("Contacts")).isVisible();
      assertThat(visit.page()).hasURL(Pattern.compile("/contacts\\?group=optedOut$"));
    }
  }

  @Test
  void nobodySeesAPageWithoutASession() {
    try (Visit stranger = browser.stranger(stage, Look.DESKTOP)) {
      stranger.page().navigate(stage.herald().address() + "/wallet");
      assertThat(stranger.heading("Sign in")).isVisible();
      assertThat(stranger.page()).hasURL(Pattern.compile("next=%2Fwallet"));
    }
  }

  @Test
  void aViewerSeesEverythingAndChangesNothing() {
    stage.channelRate(1000);
    String id = stage.draft("Looked at only", 5);
    stage.launch(id);
    stage.awaitStatus(id, "SENT");
    try (Visit viewer = browser.visit(stage, Look.DESKTOP, "VIEWER")) {
      viewer.go("/campaigns");
      assertThat(viewer.row("Looked at only")).isVisible();
      assertThat(viewer.link("New campaign")).not().isVisible();
      viewer.go("/campaigns/" + id);
      assertThat(viewer.button("Set status")).isDisabled();
      assertThat(viewer.button("Retarget")).not().isVisible();
      viewer.go("/wallet");
      assertThat(viewer.button("Top up")).not().isVisible();
      viewer.go("/contacts");
      assertThat(viewer.button("Add contact")).not().isVisible();
      viewer.go("/settings");
      assertThat(viewer.tab("Users")).not().isVisible();
      assertThat(viewer.tab("API keys")).not().isVisible();
      viewer.go("/campaigns/new");
      assertThat(viewer.alert()).containsText("Your role does not allow this.");
      assertThat(viewer.alert()).containsText("Viewer");
    }
  }

  @Test
  void anOperatorRunsCampaignsButHandlesNeitherMoneyNorPeople() {
    try (Visit operator = browser.visit(stage, Look.DESKTOP, "OPERATOR")) {
      operator.go("/campaigns");
      assertThat(operator.link("New campaign")).isVisible();
      operator.go("/wallet");
      assertThat(operator.text("Owners can top up.")).isVisible();
      operator.go("/settings?section=workspace");
      assertThat(operator.field("Name")).isDisabled();
      assertThat(operator.tab("Users")).not().isVisible();
    }
  }
}
