package dev.herald.standalone;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An installed Chromium, driven as a person would use it. */
final class Browser implements AutoCloseable {
  /** How long a page may take on a busy machine; what is awaited is mostly there at once. */
  static final double PATIENT_MILLIS = 60_000;

  private static final List<String> USUAL_PLACES =
      List.of(
          "/usr/bin/chromium",
          "/usr/bin/chromium-browser",
          "/usr/bin/google-chrome",
          "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Browser open() {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENT_MILLIS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setHeadless(true)
                    .setArgs(FLAGS)));
  }

  /** Somebody who is not signed in. */
  Visit stranger(Stage stage, Look look) {
    BrowserContext context = browser.newContext(look.options());
    context.setDefaultTimeout(PATIENT_MILLIS);
    return new Visit(context, stage.herald().address());
  }

  /** A page that shows nothing and is nobody's. */
  Page blank() {
    return browser.newPage();
  }

  /** A new person of the workspace with this role, signed in, at no page yet. */
  Visit visit(Stage stage, Look look, String role) {
    Visit visit = stranger(stage, look);
    signIn(visit.context(), stage.invite(role));
    return visit;
  }

  Visit owner(Stage stage) {
    return visit(stage, Look.DESKTOP, "OWNER");
  }

  private static void signIn(BrowserContext context, URI link) {
    String token = link.getQuery().replaceFirst("^token=", "");
    var answer =
        context
            .request()
            .post(
                link.resolve("/api/v1/session").toString(),
                RequestOptions.create()
                    .setHeader("X-Herald-Csrf", "1")
                    .setData(Map.of("signInToken", token)));
    if (!answer.ok()) {
      throw new AssertionError("Signing in was answered " + answer.status() + answer.text());
    }
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }

  private static Path chromium() {
    String chosen = System.getenv("HERALD_TEST_CHROMIUM");
    return Stream.concat(Stream.ofNullable(chosen), USUAL_PLACES.stream())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "The browser tests need Chromium: install it (apt-get install chromium), or set"
                        + " HERALD_TEST_CHROMIUM to the path of one."));
  }
}
