package dev.herald.campaign.trigger;

import dev.herald.campaign.audience.NewRecipient;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.contact.NewContact;
import dev.herald.campaign.money.Line;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.crash.CrashPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Commits calls of many callers in one transaction: recipients, their money, their contacts, the
 * requests and the snapshots. Each call is taken as a whole or not at all.
 */
final class TriggerStore {
  private final Jdbi jdbi;
  private final RecipientStore recipients;
  private final ReservationStore reservations;
  private final ContactStore contacts;
  private final RequestLog requests;
  private final CampaignStore campaigns;
  private final Reports reports;

  TriggerStore(
      Jdbi jdbi,
      RecipientStore recipients,
      ReservationStore reservations,
      ContactStore contacts,
      RequestLog requests,
      CampaignStore campaigns,
      Reports reports) {
    this.jdbi = jdbi;
    this.recipients = recipients;
    this.reservations = reservations;
    this.contacts = contacts;
    this.requests = requests;
    this.campaigns = campaigns;
    this.reports = reports;
  }

  /** One outcome per call, in order. */
  List<TriggerOutcome> commit(List<TriggerWork> calls) {
    List<TriggerOutcome> outcomes =
        jdbi.inTransaction(
            tx -> {
              List<TriggerOutcome> stored = commit(tx, calls);
              CrashPoint.reached("campaign.trigger.before-commit");
              return stored;
            });
    CrashPoint.reached("campaign.trigger.committed");
    return outcomes;
  }

  // Locks in one order for everybody: people, campaigns, requests, money, audiences.
  private List<TriggerOutcome> commit(Handle tx, List<TriggerWork> calls) {
    calls.stream()
        .map(call -> call.workspace().value())
        .distinct()
        .sorted()
        .forEach(workspace -> contacts.lockShared(tx, new WorkspaceId(workspace)));
    Map<CampaignId, String> statuses = lockCampaigns(tx, calls);
    Map<CampaignId, Map<Line, Integer>> spare = lockMoney(tx, calls);
    Map<CampaignId, List<TriggerWork>> taken =
        new TreeMap<>(java.util.Comparator.comparingLong(CampaignId::value));
    List<TriggerOutcome> outcomes = new ArrayList<>();
    for (TriggerWork call : calls) {
      String status = statuses.getOrDefault(call.campaign(), "DELETED");
      if (!status.equals("LIVE")) {
        outcomes.add(new TriggerOutcome.NotLive(status));
      } else if (!requests.begin(tx, call.key())) {
        outcomes.add(new TriggerOutcome.Repeated());
      } else {
        Map<Line, Integer> left = spare.getOrDefault(call.campaign(), Map.of());
        boolean paid =
            call.lines().entrySet().stream()
                .allMatch(line -> left.getOrDefault(line.getKey(), 0) >= line.getValue());
        if (paid) {
          call.lines().forEach((line, messages) -> left.merge(line, -messages, Integer::sum));
          taken.computeIfAbsent(call.campaign(), id -> new ArrayList<>()).add(call);
          outcomes.add(new TriggerOutcome.Committed(-1));
        } else {
          requests.giveUp(tx, call.key());
          outcomes.add(new TriggerOutcome.NeedsMoney(call.lines()));
        }
      }
    }
    IdentityHashMap<TriggerWork, Integer> firsts = new IdentityHashMap<>();
    taken.forEach((campaign, ofIt) -> append(tx, campaign, ofIt, firsts));
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof TriggerOutcome.Committed) {
        TriggerWork call = calls.get(i);
        int first = java.util.Objects.requireNonNull(firsts.get(call));
        requests.complete(tx, call.key(), StoredAnswer.write(call.answers(), first));
        outcomes.set(i, new TriggerOutcome.Committed(first));
      }
    }
    return outcomes;
  }

  // Share-locked: nobody pauses or stops a campaign between this look and the commit.
  private static Map<CampaignId, String> lockCampaigns(Handle tx, List<TriggerWork> calls) {
    Map<CampaignId, String> statuses = new HashMap<>();
    tx.createQuery(
            """
            select campaign_id, status from campaign
             where campaign_id = any (:campaigns)
             order by campaign_id
               for share
            """)
        .bindArray(
            "campaigns",
            Long.class,
            calls.stream().map(call -> call.campaign().value()).distinct().toList())
        .map(
            (row, context) ->
                Map.entry(new CampaignId(row.getLong("campaign_id")), row.getString("status")))
        .forEach(entry -> statuses.put(entry.getKey(), entry.getValue()));
    return statuses;
  }

  private Map<CampaignId, Map<Line, Integer>> lockMoney(Handle tx, List<TriggerWork> calls) {
    Map<CampaignId, Map<Line, Integer>> spare = new HashMap<>();
    List<CampaignId> ordered =
        calls.stream()
            .map(TriggerWork::campaign)
            .distinct()
            .sorted(java.util.Comparator.comparingLong(CampaignId::value))
            .toList();
    for (CampaignId campaign : ordered) {
      List<Line> lines =
          calls.stream()
              .filter(call -> call.campaign().equals(campaign))
              .flatMap(call -> call.lines().keySet().stream())
              .distinct()
              .toList();
      Map<Line, Integer> left = new HashMap<>();
      reservations
          .lock(tx, campaign, lines)
          .forEach(standing -> left.put(standing.line(), standing.spare()));
      spare.put(campaign, left);
    }
    return spare;
  }

  private void append(
      Handle tx,
      CampaignId campaign,
      List<TriggerWork> calls,
      IdentityHashMap<TriggerWork, Integer> firsts) {
    List<NewRecipient> all = new ArrayList<>();
    Map<Line, Integer> money = new HashMap<>();
    Map<Long, NewContact> people = new LinkedHashMap<>();
    IdentityHashMap<TriggerWork, Integer> offsets = new IdentityHashMap<>();
    for (TriggerWork call : calls) {
      offsets.put(call, all.size());
      all.addAll(call.recipients());
      call.lines().forEach((line, messages) -> money.merge(line, messages, Integer::sum));
      call.contacts().forEach(contact -> people.put(contact.phone().digits(), contact));
    }
    reservations.use(tx, campaign, money);
    int first = all.isEmpty() ? 0 : recipients.append(tx, calls.getFirst().audience(), all);
    offsets.forEach((call, offset) -> firsts.put(call, first + offset));
    contacts.upsert(tx, calls.getFirst().workspace(), List.copyOf(people.values()));
    Campaign changed = campaigns.find(tx, campaign).orElseThrow();
    reports.snapshot(tx, changed);
  }
}
