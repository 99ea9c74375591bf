package dev.herald.campaign.campaign;

import dev.herald.runtime.access.Caller;

/** Who changes a campaign, as the history shows it. */
public record Actor(String name) {
  /** Herald itself. */
  public static final Actor HERALD = new Actor("herald");

  public static Actor ofCaller() {
    return new Actor(Caller.current().subject());
  }
}
