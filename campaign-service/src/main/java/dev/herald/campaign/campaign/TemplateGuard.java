package dev.herald.campaign.campaign;

import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Pauses campaigns whose template has changed under them: it cannot be sent any more, or it has
 * another category and so another price.
 */
public final class TemplateGuard implements TemplateWatcher {
  private final CampaignStore campaigns;
  private final Transitions transitions;
  private final CampaignListStore lists = new CampaignListStore();

  public TemplateGuard(CampaignStore campaigns, Transitions transitions) {
    this.campaigns = campaigns;
    this.transitions = transitions;
  }

  @Override
  public void changed(Handle tx, Template now) {
    pauseWhatCannotGoOn(tx, now);
  }

  /**
   * Pauses what cannot go on as it was launched.
   *
   * @param changed as it is after the change, in the same transaction
   * @return the campaigns that were paused
   */
  public List<Campaign> pauseWhatCannotGoOn(Handle tx, Template changed) {
    List<Campaign> paused = new ArrayList<>();
    for (CampaignId id : lists.runningOn(tx, changed.id().value())) {
      Optional<String> why = changed.obstacle().or(() -> recategorised(tx, id, changed));
      if (why.isPresent()) {
        transitions
            .pauseByHerald(tx, id, PauseReason.Kind.TEMPLATE, why.get(), 0)
            .ifPresent(paused::add);
      }
    }
    return paused;
  }

  private Optional<String> recategorised(Handle tx, CampaignId id, Template template) {
    MessageCategory before = campaigns.find(tx, id).map(Campaign::category).orElse(null);
    MessageCategory now = MessageCategory.of(template.category());
    return before == null || before == now
        ? Optional.empty()
        : Optional.of(
            "WhatsApp moved the template "
                + template.name()
                + " from "
                + before
                + " to "
                + now
                + ", which has another price. Resume to go on.");
  }
}
