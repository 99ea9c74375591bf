package dev.herald.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;

/** Every page of the dashboard, by a name fit for a file. */
final class Places {
  private Places() {}

  /**
   * @param campaign a broadcast with results
   * @param api an API campaign
   * @param draft a broadcast that has an audience and is not launched
   */
  static Map<String, String> of(String campaign, String api, String draft) {
    Map<String, String> places = new LinkedHashMap<>();
    places.put("campaigns", "/campaigns");
    places.put("campaign", "/campaigns/" + campaign);
    places.put("campaign-recipients", "/campaigns/" + campaign + "?tab=recipients");
    places.put("campaign-cost", "/campaigns/" + campaign + "?tab=cost");
    places.put("campaign-history", "/campaigns/" + campaign + "?tab=history");
    places.put("campaign-api", "/campaigns/" + api);
    places.put("new-type", "/campaigns/new");
    for (String step : new String[] {"message", "audience", "parameters", "launch"}) {
      places.put("new-" + step, "/campaigns/new?draft=" + draft + "&step=" + step);
    }
    places.put("overview", "/overview");
    places.put("contacts", "/contacts");
    places.put("templates", "/templates");
    places.put("channels", "/channels");
    places.put("wallet", "/wallet");
    places.put("alerts", "/alerts");
    for (String section :
        new String[] {
          "account",
          "workspace",
          "rules",
          "alerts",
          "users",
          "keys",
          "webhooksOut",
          "webhooks",
          "audit"
        }) {
      places.put("settings-" + section, "/settings?section=" + section);
    }
    return places;
  }

  /** Until nothing on the page is still to come. */
  static void awaitLoaded(Visit visit) {
    assertThat(visit.page().locator(".skeleton, .starting")).hasCount(0);
    assertThat(visit.page().locator(".chart:not(:has(canvas))")).hasCount(0);
  }
}
