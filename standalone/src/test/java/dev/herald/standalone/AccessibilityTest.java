package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** WCAG 2.2 AA as far as axe-core can tell, on every page and in both themes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class AccessibilityTest {
  private static final List<String> WCAG =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

  private static final double FIT_MILLIS = 10_000;

  private final Stage stage;
  private final Browser browser;
  private final Visit visit;
  private Map<String, String> places = Map.of();

  AccessibilityTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.browser = browser;
    // Without motion: nothing is looked at while it fades in.
    this.visit = browser.visit(stage, Look.DESKTOP.still(), "OWNER");
  }

  @BeforeAll
  void fill() {
    stage.channelRate(1000);
    String sent = stage.draft("Looked at closely", 150);
    stage.launch(sent);
    String paused = stage.campaign("Held", "API");
    stage.launch(paused);
    stage.verb(paused, "pause");
    String draft = stage.draft("Still a draft", 20);
    stage.awaitStatus(sent, "SENT");
    stage.awaitSettled(sent);
    places = Places.of(sent, paused, draft);
  }

  @AfterAll
  void close() {
    visit.close();
  }

  @Test
  void noPageViolatesWcagInEitherThemeAndEachFitsAPhone() {
    Map<String, String> violations = new LinkedHashMap<>();
    List<String> tooWide = new ArrayList<>();
    Page page = visit.page();
    places.forEach(
        (name, path) -> {
          visit.go(path);
          Places.awaitLoaded(visit);
          note(violations, name, page);
          page.setViewportSize(Look.PHONE.width(), Look.PHONE.height());
          if (!fits(page)) {
            tooWide.add(name);
          }
          page.setViewportSize(Look.DESKTOP.width(), Look.DESKTOP.height());
        });
    assertThat(violations).isEmpty();
    assertThat(tooWide).isEmpty();
  }

  @Test
  void noDialogAndNoMenuViolatesWcagInEitherTheme() {
    Map<String, String> violations = new LinkedHashMap<>();
    visit.go(places.get("campaign-api"));
    visit.button("Set status").click();
    note(violations, "menu", visit.page());
    visit.page().keyboard().press("Escape");
    visit.choose("Set status", "Stop");
    note(violations, "stop", visit.page());
    visit.page().keyboard().press("Escape");
    visit.button("Retarget").click();
    note(violations, "retarget", visit.page());
    visit.go("/wallet");
    visit.button("Top up").click();
    note(violations, "top-up", visit.page());
    visit.go("/settings?section=users");
    visit.button("Invite a person").click();
    note(violations, "invite", visit.page());
    visit.go("/channels");
    visit.button("Connect a number").click();
    note(violations, "connect", visit.page());
    visit.go("/templates");
    visit.button("Preview").click();
    note(violations, "template", visit.page());
    assertThat(violations).isEmpty();
  }

  @Test
  void theSignInPageAndAPhoneAndARightToLeftLanguageDoNotEither() {
    Map<String, String> violations = new LinkedHashMap<>();
    try (Visit stranger = browser.stranger(stage, Look.DESKTOP.still())) {
      stranger.go("/sign-in");
      note(violations, "sign-in", stranger.page());
    }
    try (Visit phone = browser.visit(stage, Look.PHONE.still().in("ar"), "OWNER")) {
      for (String name : List.of("campaigns", "campaign", "new-launch")) {
        phone.go(places.get(name));
        Places.awaitLoaded(phone);
        assertThat(phone.page().locator("html")).hasAttribute("dir", "rtl");
        assertThat(fits(phone.page())).as("%s fits a phone", name).isTrue();
        note(violations, name + " on a phone, in Arabic", phone.page());
      }
    }
    assertThat(violations).isEmpty();
  }

  private static boolean fits(Page page) {
    try {
      // A chart follows the width of the page a moment later.
      page.waitForFunction(
          "document.documentElement.scrollWidth <= innerWidth",
          null,
          new Page.WaitForFunctionOptions().setTimeout(FIT_MILLIS));
      return true;
    } catch (TimeoutError e) {
      return false;
    }
  }

  /** All rules in the light theme; of the dark one what can differ, the colours. */
  private static void note(Map<String, String> violations, String name, Page page) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    add(violations, name, axe(page).withTags(WCAG).analyze().getViolations());
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    add(
        violations,
        name + ", dark",
        axe(page).withRules(List.of("color-contrast")).analyze().getViolations());
  }

  /**
   * The simple way: no page has frames, so nothing needs to be put together in a page of its own.
   */
  private static AxeBuilder axe(Page page) {
    return new AxeBuilder(page).setLegacyMode(true);
  }

  private static void add(Map<String, String> violations, String name, List<Rule> found) {
    for (Rule rule : found) {
      violations.put(
          name + ": " + rule.getId(),
          rule.getHelp()
              + rule.getNodes().stream()
                  .map(node -> "\n    " + node.getHtml())
                  .distinct()
                  .toList());
    }
  }
}
