package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import com.microsoft.playwright.options.ScreenshotAnimations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pictures of every page, on a phone and on a desktop, light and dark, in {@code docs/images}. Made
 * by {@code mvn -ntp -pl standalone -am test -Dtest=Screenshots
 * -Dsurefire.failIfNoSpecifiedTests=false}; all they show went through the simulator. Its name is
 * not a test's: the build does not run it.
 */
class Screenshots {
  private static final Path IMAGES = Path.of("..", "docs", "images");
  private static final Map<String, Look> LOOKS =
      Map.of("desktop", Look.DESKTOP, "phone", Look.PHONE);

  @Test
  void everyPageIsShown(@TempDir Path folder) throws IOException, SQLException {
    Files.createDirectories(IMAGES);
    try (Stage stage = Stage.open(folder, Scene.CALM_WHATSAPP);
        Browser browser = Browser.open()) {
      Scene scene = new Scene(stage);
      Scene.Cast cast = scene.prepare();
      try (Visit visit = browser.visit(stage, Look.DESKTOP.still(), "OWNER")) {
        String api = stage.herald().address() + "/api/v1/";
        post(visit, api + "me:password", Map.of("newPassword", "seen by nobody, used by nobody"));
        post(visit, api + "campaigns/" + cast.running() + ":launch", Map.of());
        visit.go("/campaigns/" + cast.running());
        scene.awaitUnderWay(cast.running());
        for (var place : Places.of(cast.running(), cast.api(), cast.draft()).entrySet()) {
          shoot(visit, place.getKey(), place.getValue());
        }
      }
      try (Visit stranger = browser.stranger(stage, Look.DESKTOP.still())) {
        shoot(stranger, "sign-in", "/sign-in");
      }
    }
  }

  private static void post(Visit visit, String url, Map<String, ?> body) {
    var answer =
        visit
            .context()
            .request()
            .post(url, RequestOptions.create().setHeader("X-Herald-Csrf", "1").setData(body));
    assertThat(answer.status()).as(url).isEqualTo(200);
  }

  private static void shoot(Visit visit, String name, String path) throws IOException {
    Page page = visit.page();
    visit.go(path);
    Places.awaitLoaded(visit);
    assertThat(visit.text("Measuring the rate")).not().isVisible();
    for (var look : LOOKS.entrySet()) {
      page.setViewportSize(look.getValue().width(), look.getValue().height());
      for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
        Places.awaitLoaded(visit);
        byte[] png =
            page.screenshot(
                new Page.ScreenshotOptions().setAnimations(ScreenshotAnimations.DISABLED));
        String file = name + "-" + look.getKey() + "-" + theme.name().toLowerCase(Locale.ROOT);
        SmallPng.write(png, IMAGES.resolve(file + ".png"));
      }
    }
  }
}
