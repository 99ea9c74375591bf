package dev.herald.standalone;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;

/** What a browser is like: how large, how bright, whose language. */
record Look(int width, int height, ColorScheme theme, String locale, ReducedMotion motion) {
  static final Look DESKTOP =
      new Look(1440, 960, ColorScheme.LIGHT, "en-GB", ReducedMotion.NO_PREFERENCE);
  static final Look PHONE =
      new Look(390, 844, ColorScheme.LIGHT, "en-GB", ReducedMotion.NO_PREFERENCE);

  Look dark() {
    return new Look(width, height, ColorScheme.DARK, locale, motion);
  }

  Look in(String language) {
    return new Look(width, height, theme, language, motion);
  }

  Look still() {
    return new Look(width, height, theme, locale, ReducedMotion.REDUCE);
  }

  NewContextOptions options() {
    return new NewContextOptions()
        .setViewportSize(width, height)
        .setColorScheme(theme)
        .setLocale(locale)
        .setReducedMotion(motion)
        .setAcceptDownloads(true);
  }
}
