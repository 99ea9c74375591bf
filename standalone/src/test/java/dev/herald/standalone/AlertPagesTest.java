package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.control.Controls;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateStatus;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What happens elsewhere is told in the dashboard, from WhatsApp's webhook to the count of what is
 * new.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedStage.class)
class AlertPagesTest {
  private final Stage stage;
  private final Visit visit;

  AlertPagesTest(Stage stage, Browser browser) {
    this.stage = stage;
    this.visit = browser.owner(stage);
  }

  @AfterAll
  void close() {
    assertThat(visit.complaints()).isEmpty();
    visit.close();
  }

  @Test
  void aTemplateThatWhatsAppPausesIsAnAlertOfWhichOneHearsOnce() {
    Controls whatsapp = stage.herald().simulator().controls();
    BusinessAccount account = whatsapp.directory().numbers().getFirst().account();
    Template template = account.templates().all().getLast();
    String name = template.name();
    var _ =
        whatsapp.templateStatus(
            account, name, template.language(), TemplateStatus.PAUSED, "LOW_QUALITY");
    await().until(() -> stage.api().get("alerts").toString().contains(name));

    visit.go("/campaigns");
    Locator alerts = visit.page().locator(".nav a[href='/alerts']").first();
    assertThat(alerts.locator(".nav-count")).isVisible();
    alerts.click();
    assertThat(visit.heading("Alerts")).isVisible();
    Locator alert = visit.page().locator(".alert").filter(having("is PAUSED")).first();
    assertThat(alert).containsText(name);
    assertThat(alert).containsText("LOW_QUALITY");
    assertThat(alert).containsText("Warning");
    assertThat(alerts.locator(".nav-count")).hasCount(0);
    var _ =
        whatsapp.templateStatus(
            account, name, template.language(), TemplateStatus.APPROVED, "NONE");
  }

  @Test
  void aWalletBelowItsThresholdIsAnAlert() {
    threshold("999000000000000");
    await().until(() -> stage.api().get("alerts").toString().contains("running low"));
    threshold("0");
    visit.go("/alerts");
    assertThat(visit.text("The wallet is running low").first()).isVisible();
  }

  @Test
  void withoutAMailServerTheSettingsSaySoAndATestAlertComesAllTheSame() {
    visit.go("/settings?section=alerts");
    assertThat(visit.text("No mail server")).isVisible();
    assertThat(visit.page().locator("textarea")).isDisabled();
    visit.button("Send a test alert").click();
    await().until(() -> stage.api().get("alerts").toString().contains("This is a test"));
    visit.go("/alerts");
    assertThat(visit.text("This is a test").first()).isVisible();
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private void threshold(String micros) {
    String currency = stage.api().get("wallet").path("available").path("currency").asText();
    stage
        .api()
        .patch(
            "wallet",
            Map.of("lowBalanceThreshold", Map.of("currency", currency, "micros", micros)));
  }
}
