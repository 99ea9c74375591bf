package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a marketer does, in a real browser on the real stack. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardTest {
  private static final double PATIENT_MILLIS = 60_000;

  private Stage stage;
  private Browser browser;
  private Page page;

  @BeforeAll
  void open(@TempDir Path folder) {
    stage = Stage.open(folder);
    browser = Browser.open();
    page = browser.page();
    page.navigate(stage.herald().signInLink().toString());
    page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
    assertThat(heading("Campaigns")).isVisible();
  }

  @AfterAll
  void close() throws IOException {
    browser.close();
    stage.close();
  }

  @Test
  void theCampaignsPageShowsEachCampaignAndSaysThatNothingReachesAPhone() {
    page.navigate(stage.herald().address() + "/campaigns");
    assertThat(page.getByText("First look")).isVisible();
    assertThat(page.getByText("Nothing reaches a phone").first()).isVisible();
  }

  @Test
  void aRunningCampaignIsWatchedPausedResumedAndStoppedForGood() {
    stage.channelRate(150);
    String id = stage.draft("Watched in the browser", 3000);
    stage.launch(id);
    page.navigate(stage.herald().address() + "/campaigns/" + id);
    assertThat(pill("Live")).isVisible();
    await().atMost(Stage.PATIENCE).until(() -> figure("submitted") > 100);
    int early = figure("submitted");
    await().atMost(Stage.PATIENCE).until(() -> figure("submitted") > early);

    setStatus("Pause");
    assertThat(pill("Paused")).isVisible(patiently());
    int atPause = stage.judge(id).accepted();
    await().atMost(Stage.PATIENCE).until(() -> figure("submitted") == atPause);

    setStatus("Resume");
    assertThat(pill("Live")).isVisible(patiently());

    setStatus("Stop");
    assertThat(page.getByText("A stop is final")).isVisible();
    page.getByRole(AriaRole.BUTTON, named("Stop for good")).click();
    assertThat(pill("Stopped")).isVisible(patiently());
    assertThat(page.getByRole(AriaRole.BUTTON, named("Set status"))).isDisabled();
    assertThat(stage.campaign(id).path("status").asText()).isEqualTo("STOPPED");
  }

  @Test
  void aCampaignIsMadeFromAFileAndLaunched() {
    page.navigate(stage.herald().address() + "/campaigns/new");
    NewCampaign wizard = new NewCampaign(page);
    wizard.name("Made in the browser");
    wizard.template();
    wizard.file(
        new FilePayload(
            "guests.csv",
            "text/csv",
            "phone,name,first_name,store\n+12125550100,A,A,North\nnonsense,B,B,South\n+14165550101,C,C,East\n"
                .getBytes(StandardCharsets.UTF_8)));
    wizard.launch();
    assertThat(pill("Sent")).isVisible(patiently());
    assertThat(figure("audience")).isEqualTo(2);
  }

  @Test
  void noPageComplains() {
    for (String path :
        new String[] {
          "/campaigns", "/overview", "/contacts", "/templates", "/channels", "/wallet", "/settings"
        }) {
      page.navigate(stage.herald().address() + path);
      assertThat(page.getByRole(AriaRole.HEADING, level(1)).first()).isVisible();
    }
    assertThat(browser.complaints()).isEmpty();
  }

  private void setStatus(String action) {
    page.getByRole(AriaRole.BUTTON, named("Set status")).click();
    page.getByRole(AriaRole.MENUITEM, menuItem(action)).click();
  }

  private int figure(String metric) {
    Locator value = page.locator(".tile-" + metric + " .tile-value");
    return value.count() == 0 ? 0 : Integer.parseInt(value.innerText().replaceAll("\\D", ""));
  }

  private Locator pill(String status) {
    return page.locator(".pill", new Page.LocatorOptions().setHasText(status)).first();
  }

  private Locator heading(String text) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Page.GetByRoleOptions menuItem(String start) {
    return new Page.GetByRoleOptions().setName(Pattern.compile("^" + start));
  }

  private static Page.GetByRoleOptions level(int level) {
    return new Page.GetByRoleOptions().setLevel(level);
  }

  private static LocatorAssertions.IsVisibleOptions patiently() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENT_MILLIS);
  }
}
