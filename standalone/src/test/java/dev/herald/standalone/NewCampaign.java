package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.util.regex.Pattern;

/** The steps of the new-campaign page, as a person takes them. */
final class NewCampaign {
  private final Page page;

  NewCampaign(Page page) {
    this.page = page;
  }

  void name(String name) {
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill(name);
    onward();
  }

  /** The template with a single parameter. */
  void template() {
    step("What they get");
    page.locator(".template-option", new Page.LocatorOptions().setHasText("simple_news"))
        .first()
        .click();
    onward();
  }

  /** Uploads a file and waits until it has been read. */
  void choose(FilePayload file) {
    step("Who gets it");
    page.locator("input[type=file]").setInputFiles(file);
    assertThat(page.getByText("What was read").first()).isVisible();
  }

  /** Fills what the columns do not fill by themselves, and launches. */
  void launch() {
    step("Fill in the template");
    for (Locator source : page.getByLabel("Filled from").all()) {
      if (source.inputValue().isEmpty()) {
        source.selectOption("first_name");
      }
    }
    onward();
    step("Check and launch");
    page.getByRole(AriaRole.BUTTON, matching("^Launch")).click();
  }

  /** Waits until this step is shown. */
  void step(String title) {
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(title)))
        .isVisible();
  }

  void onward() {
    page.getByRole(AriaRole.BUTTON, matching("^Continue")).click();
  }

  private static Page.GetByRoleOptions matching(String pattern) {
    return new Page.GetByRoleOptions().setName(Pattern.compile(pattern));
  }
}
