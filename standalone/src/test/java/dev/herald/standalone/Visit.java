package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Somebody at the dashboard: what is on the page and what they do, in the words of the page. */
final class Visit implements AutoCloseable {
  private final BrowserContext context;
  private final URI address;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();

  Visit(BrowserContext context, URI address) {
    this.context = context;
    this.address = address;
    this.page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text() + " at " + page.url());
          }
        });
    page.onPageError(complaints::add);
  }

  BrowserContext context() {
    return context;
  }

  Page page() {
    return page;
  }

  /** Errors of scripts, refused loads and violations of the content security policy. */
  List<String> complaints() {
    return complaints;
  }

  /** Opens an address of the dashboard and waits for its heading. */
  Visit go(String path) {
    page.navigate(address.resolve(path).toString());
    assertThat(page.locator("main h1").first()).isVisible();
    return this;
  }

  String path() {
    return page.url().replaceFirst("^https?://[^/]+", "");
  }

  Locator heading(String text) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text));
  }

  Locator button(String pattern) {
    return byRole(AriaRole.BUTTON, pattern);
  }

  Locator link(String pattern) {
    return byRole(AriaRole.LINK, pattern);
  }

  Locator tab(String name) {
    return byRole(AriaRole.TAB, name);
  }

  Locator dialog() {
    return page.getByRole(AriaRole.DIALOG);
  }

  Locator alert() {
    return page.getByRole(AriaRole.ALERT).first();
  }

  Locator field(String label) {
    return page.getByLabel(Pattern.compile("^" + label));
  }

  Locator text(String text) {
    return page.getByText(text).first();
  }

  Locator rows() {
    return page.locator("tbody tr");
  }

  Locator row(String text) {
    return page.locator("tbody tr", new Page.LocatorOptions().setHasText(text)).first();
  }

  /** A status, as it stands beside a campaign's name. */
  Locator pill(String status) {
    return page.locator(".pill", new Page.LocatorOptions().setHasText(status)).first();
  }

  /** The figure on a metric's tile; 0 before there is one. */
  int figure(String metric) {
    Locator value = page.locator(".tile-" + metric + " .tile-value");
    return value.count() == 0 ? 0 : Integer.parseInt(value.innerText().replaceAll("\\D", ""));
  }

  /** Chooses an entry of a menu. */
  void choose(String menu, String entry) {
    button(menu).click();
    byRole(AriaRole.MENUITEM, entry).click();
  }

  private Locator byRole(AriaRole role, String pattern) {
    return page.getByRole(role, new Page.GetByRoleOptions().setName(Pattern.compile("^" + pattern)))
        .first();
  }

  @Override
  public void close() {
    context.close();
  }
}
