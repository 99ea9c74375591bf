package dev.herald.campaign.trigger;

import dev.herald.campaign.audience.NewRecipient;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.contact.NewContact;
import dev.herald.campaign.money.Line;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One call, read and checked, on its way to the database.
 *
 * @param answers what the caller hears of each recipient, before ordinals are known
 */
record TriggerWork(
    WorkspaceId workspace,
    CampaignId campaign,
    long audience,
    RequestLog.Key key,
    List<NewRecipient> recipients,
    List<NewContact> contacts,
    List<TriggerAnswer> answers) {

  /** How many messages of each line it needs money for. */
  Map<Line, Integer> lines() {
    Map<Line, Integer> lines =
        new TreeMap<>(java.util.Comparator.comparing(Line::country).thenComparingInt(Line::lot));
    for (NewRecipient recipient : recipients) {
      lines.merge(new Line(recipient.phone().country(), recipient.lot()), 1, Integer::sum);
    }
    return lines;
  }
}
