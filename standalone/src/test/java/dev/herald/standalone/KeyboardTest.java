package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job, from signing in to stopping a campaign, without a mouse. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class KeyboardTest {
  private static final int MOST_STOPS = 120;

  /** What a screen reader would call the element with the focus, roughly. */
  private static final String NAME_OF_FOCUS =
      """
      () => {
        const e = document.activeElement;
        if (e.tabIndex < 0 && !e.role) return ''; // a heading that was given the focus
        const text = (e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '').trim();
        return text.replace(/\\s+/g, ' ');
      }\
      """;

  private static final String FOCUS_IS_SEEN =
      """
      () => {
        const e = document.activeElement;
        if (e === document.body) return true; // between the last stop and the first
        if (e.tabIndex < 0) return true; // a heading that the page itself gave the focus
        const seen = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
        return Boolean(seen(e) || seen(e.closest('label')));
      }\
      """;

  private final Stage stage;
  private final Visit visit;
  private final Page page;

  KeyboardTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.visit = browser.stranger(stage, Look.DESKTOP.still());
    this.page = visit.page();
  }

  @AfterAll
  void close() {
    visit.close();
  }

  @Test
  void aCampaignIsMadeAndLaunchedByKeyboardAlone() {
    stage.channelRate(100);
    stage
        .api()
        .post(
            "contacts",
            Map.of("contacts", List.of(person(1), person(2), person(3), person(4), person(5))));
    page.navigate(stage.invite("OWNER").toString());
    assertThat(visit.heading("Welcome to Herald")).isVisible();
    press("Sign in", "Enter");
    assertThat(visit.heading("Campaigns")).isVisible();

    page.keyboard().press("Tab");
    press("New campaign", "Enter");
    assertThat(visit.heading("Name and type")).isVisible();
    reach("Name");
    page.keyboard().type("By keyboard");
    press("Continue", "Enter");
    assertThat(visit.heading("What they get")).isVisible();
    reach("Search templates");
    page.keyboard().type("simple_news");
    reach("simple_news");
    page.keyboard().press("Space");
    press("Continue", "Enter");

    assertThat(visit.heading("Who gets it")).isVisible();
    reach("A file");
    page.keyboard().press("ArrowDown");
    reach("Has all of these tags");
    page.keyboard().type("keyboard");
    assertThat(visit.text("5 contacts match.")).isVisible();
    press("Use these 5 contacts", "Enter");
    assertThat(visit.button("Continue with 5")).isEnabled();
    press("Continue with 5", "Enter");
    assertThat(visit.heading("Fill in the template")).isVisible();
    reach("Filled from");
    page.keyboard().type("name");
    press("Continue", "Enter");
    assertThat(visit.heading("Check and launch")).isVisible();
    assertThat(visit.button("Launch now for 5")).isEnabled();
    press("Launch now for 5", "Enter");
    assertThat(visit.heading("By keyboard")).isVisible();
  }

  @Test
  void aCampaignIsPausedAndStoppedByKeyboardAloneAndTheContentIsOneStepAway() {
    String id = stage.campaign("Arrows", "API");
    stage.launch(id);
    page.navigate(stage.invite("OWNER").toString());
    assertThat(visit.heading("Welcome to Herald")).isVisible();
    press("Sign in", "Enter");
    assertThat(visit.heading("Campaigns")).isVisible();
    visit.go("/campaigns/" + id);
    assertThat(visit.tab("Results")).isVisible();

    page.evaluate("document.activeElement.blur()");
    page.keyboard().press("Tab");
    assertThat(focused()).isEqualTo("Skip to the content");
    page.keyboard().press("Enter");
    assertThat((String) page.evaluate("document.activeElement.id")).isEqualTo("main");

    reach("Results");
    page.keyboard().press("ArrowRight");
    assertThat(visit.tab("Recipients")).hasAttribute("aria-selected", "true");
    page.keyboard().press("End");
    assertThat(visit.tab("History")).isFocused();

    back("Set status");
    page.keyboard().press("ArrowDown");
    await().until(() -> focused().startsWith("Pause"));
    page.keyboard().press("Enter");
    assertThat(visit.pill("Paused")).isVisible();
    await().until(() -> focused().startsWith("Set status"));

    page.keyboard().press("Enter");
    await().until(() -> focused().startsWith("Resume"));
    page.keyboard().press("End");
    page.keyboard().press("Enter");
    assertThat(visit.dialog()).containsText("A stop is final");
    page.keyboard().press("Escape");
    assertThat(visit.dialog()).not().isVisible();
    await().until(() -> focused().startsWith("Set status"));
    page.keyboard().press("Enter");
    await().until(() -> focused().startsWith("Resume"));
    page.keyboard().press("End");
    page.keyboard().press("Enter");
    assertThat(visit.dialog()).isVisible();
    press("Stop for good", "Enter");
    assertThat(visit.pill("Stopped")).isVisible();
  }

  private String focused() {
    return (String) page.evaluate(NAME_OF_FOCUS);
  }

  private static Map<String, ?> person(int n) {
    return Map.of("phone", "+1212555012" + n, "name", "P" + n, "tags", List.of("keyboard"));
  }

  private void press(String name, String key) {
    reach(name);
    page.keyboard().press(key);
  }

  /** Tabs on until the focus is on what is called so, and sees the focus at every stop. */
  private void reach(String name) {
    move(name, "Tab");
  }

  private void back(String name) {
    move(name, "Shift+Tab");
  }

  private void move(String name, String key) {
    for (int stop = 0; stop < MOST_STOPS; stop++) {
      if (focused().startsWith(name)) {
        return;
      }
      page.keyboard().press(key);
      assertThat((boolean) page.evaluate(FOCUS_IS_SEEN))
          .as("the focus on \"%s\" is seen", focused())
          .isTrue();
    }
    throw new AssertionError("The keyboard does not reach \"" + name + "\"");
  }
}
