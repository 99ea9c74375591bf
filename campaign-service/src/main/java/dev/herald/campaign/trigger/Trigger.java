package dev.herald.campaign.trigger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.herald.campaign.audience.NewRecipient;
import dev.herald.campaign.audience.Recipient;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.audience.Tags;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.CampaignType;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.contact.Attributes;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.contact.NewContact;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.money.Line;
import dev.herald.campaign.money.Lot;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerCampaignResponse;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.TriggerResult;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.groupcommit.GroupCommit;
import dev.herald.runtime.messagekey.MessageIds;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * API campaigns: every call adds recipients, durable before the answer. Calls of many callers share
 * a commit; money is set aside before a recipient is taken.
 */
public final class Trigger implements AutoCloseable {
  private static final int MAX_BATCH = 2000;
  private static final int MAX_QUEUE = 20_000;
  private static final int MAX_NAME = 200;
  private static final int MAX_ROUNDS = 20;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final Contents contents;
  private final RecipientStore recipients;
  private final RequestLog requests;
  private final Allowance allowance;
  private final Transitions transitions;
  private final Sending sending;
  private final Clock clock;
  private final GroupCommit<TriggerWork, TriggerOutcome> commits;
  // By campaign and version: a changed campaign is read anew.
  private final Cache<String, TriggerPlan> plans =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  public Trigger(
      Jdbi jdbi,
      CampaignStore campaigns,
      Contents contents,
      RecipientStore recipients,
      ReservationStore reservations,
      ContactStore contacts,
      RequestLog requests,
      Reports reports,
      BillingClient billing,
      Transitions transitions,
      Sending sending,
      Clock clock,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.contents = contents;
    this.recipients = recipients;
    this.requests = requests;
    this.allowance = new Allowance(jdbi, reservations, campaigns, billing, reports);
    this.transitions = transitions;
    this.sending = sending;
    this.clock = clock;
    TriggerStore store =
        new TriggerStore(jdbi, recipients, reservations, contacts, requests, campaigns, reports);
    this.commits =
        new GroupCommit<>(
            "trigger",
            MAX_BATCH,
            MAX_QUEUE,
            2,
            work -> Math.max(1, work.recipients().size()),
            store::commit,
            metrics);
  }

  public TriggerCampaignResponse trigger(WorkspaceId workspace, TriggerCampaignRequest request) {
    var key = RequestLog.Key.of(workspace, "TriggerCampaign", request.getRequestId(), request);
    Optional<TriggerCampaignResponse> repeated = repeated(workspace, request, key);
    if (repeated.isPresent()) {
      return repeated.get();
    }
    Campaign campaign =
        jdbi.withHandle(
            handle ->
                campaigns.require(handle, workspace, new CampaignId(request.getCampaignId())));
    if (campaign.type() != CampaignType.API) {
      throw HeraldException.precondition(
          "NOT_AN_API_CAMPAIGN", "A broadcast is sent to its audience; it takes no calls.");
    }
    TriggerWork work = read(plan(campaign), request.getRecipientsList(), key);
    if (work.recipients().isEmpty()) {
      requireLive(campaign.status().name());
    }
    return switch (commit(campaign, work)) {
      case TriggerOutcome.Committed committed ->
          withNumbers(
              work,
              StoredAnswer.read(StoredAnswer.write(work.answers(), committed.firstOrdinal())));
      case TriggerOutcome.Repeated again ->
          repeated(workspace, request, key)
              .orElseThrow(
                  () ->
                      HeraldException.aborted(
                          "REQUEST_UNDER_WAY",
                          "The same request was carried out at the same moment. Repeat it."));
      case TriggerOutcome.NotLive notLive -> throw notLive(notLive.status());
      case TriggerOutcome.NeedsMoney money ->
          throw HeraldException.unavailable(
                  "MONEY_CONTENDED", "Others used the money that was set aside. Try again.")
              .retryAfter(RETRY_AFTER);
    };
  }

  /** Adds one prepared recipient to a campaign of Herald's own; returns its ordinal. */
  int add(Campaign campaign, TriggerRecipient recipient) {
    var key = RequestLog.Key.of(campaign.workspace(), "", "", recipient);
    TriggerWork work = read(plan(campaign), List.of(recipient), key);
    if (work.answers().getFirst() instanceof TriggerAnswer.Refused refused) {
      throw HeraldException.invalid(
          refused.field().replace("recipients[0]", "recipient"),
          refused.reason(),
          refused.message());
    }
    return switch (commit(campaign, work)) {
      case TriggerOutcome.Committed committed -> committed.firstOrdinal();
      case TriggerOutcome.NotLive notLive -> throw notLive(notLive.status());
      case TriggerOutcome.Repeated repeated ->
          throw new IllegalStateException("An unnamed request is never repeated.");
      case TriggerOutcome.NeedsMoney money ->
          throw HeraldException.unavailable("MONEY_CONTENDED", "Try again.");
    };
  }

  // Until the call is taken or refused; each round in between sets money aside.
  private TriggerOutcome commit(Campaign campaign, TriggerWork work) {
    TriggerOutcome outcome = submit(work);
    for (int i = 0; i < MAX_ROUNDS && outcome instanceof TriggerOutcome.NeedsMoney money; i++) {
      setAside(campaign, money.lines());
      outcome = submit(work);
    }
    if (outcome instanceof TriggerOutcome.Committed) {
      sending.wake();
    }
    return outcome;
  }

  // A wallet that has run out refuses this call and pauses the campaign, so that its owner sees it;
  // after a top-up it is resumed like any other.
  private void setAside(Campaign campaign, Map<Line, Integer> lines) {
    try {
      allowance.ensure(campaign, lines);
    } catch (HeraldException e) {
      if (e.reason().equals("INSUFFICIENT_FUNDS")) {
        jdbi.inTransaction(
                tx ->
                    transitions.pauseByHerald(
                        tx, campaign.id(), PauseReason.Kind.FUNDS, e.message(), 0))
            .ifPresent(paused -> sending.changed(paused.id(), paused.version()));
      }
      throw e;
    }
  }

  private TriggerOutcome submit(TriggerWork work) {
    try {
      return commits.submit(work);
    } catch (HeraldException e) {
      if (e.reason().equals("QUEUE_FULL")) {
        throw HeraldException.exhausted(
            "TRIGGER_QUEUE_FULL",
            "More calls are coming in than can be stored just now. Try again.",
            RETRY_AFTER);
      }
      throw e;
    }
  }

  private Optional<TriggerCampaignResponse> repeated(
      WorkspaceId workspace, TriggerCampaignRequest request, RequestLog.Key key) {
    if (!key.isNamed()) {
      return Optional.empty();
    }
    return jdbi.withHandle(
        handle ->
            requests
                .find(handle, key)
                .map(
                    stored -> {
                      TriggerCampaignResponse answer = StoredAnswer.read(stored);
                      Campaign campaign =
                          campaigns.require(
                              handle, workspace, new CampaignId(request.getCampaignId()));
                      List<Integer> ordinals =
                          answer.getResultsList().stream()
                              .filter(result -> result.getErrorReason().isEmpty())
                              .map(TriggerResult::getOrdinal)
                              .toList();
                      Map<Integer, Long> phones = new HashMap<>();
                      for (Recipient one :
                          recipients.named(handle, campaign.audienceId(), ordinals)) {
                        phones.put(one.ordinal(), one.phone());
                      }
                      return completed(campaign.id(), answer, phones);
                    }));
  }

  private static TriggerCampaignResponse withNumbers(
      TriggerWork work, TriggerCampaignResponse answer) {
    Map<Integer, Long> phones = new HashMap<>();
    for (int i = 0; i < answer.getResultsCount(); i++) {
      if (work.answers().get(i) instanceof TriggerAnswer.Taken taken) {
        phones.put(
            answer.getResults(i).getOrdinal(),
            work.recipients().get(taken.position()).phone().digits());
      }
    }
    return completed(work.campaign(), answer, phones);
  }

  private static TriggerCampaignResponse completed(
      CampaignId campaign, TriggerCampaignResponse answer, Map<Integer, Long> phones) {
    TriggerCampaignResponse.Builder complete = TriggerCampaignResponse.newBuilder();
    for (TriggerResult result : answer.getResultsList()) {
      if (result.getErrorReason().isEmpty()) {
        long phone = phones.getOrDefault(result.getOrdinal(), 0L);
        complete.addResults(
            result.toBuilder()
                .setMessageId(MessageIds.of(campaign.value(), result.getOrdinal()).toString())
                .setPhone(phone == 0 ? "" : PhoneNumber.e164(phone)));
      } else {
        complete.addResults(result);
      }
    }
    return complete.build();
  }

  private TriggerPlan plan(Campaign campaign) {
    return plans.get(
        campaign.id().value() + "/" + campaign.version(),
        key ->
            jdbi.withHandle(
                handle -> {
                  ParameterPlan plan = contents.sendingPlan(handle, campaign);
                  return new TriggerPlan(
                      campaign,
                      contents.apiParameters(handle, campaign.workspace(), campaign.content()),
                      plan);
                }));
  }

  private TriggerWork read(TriggerPlan plan, List<TriggerRecipient> given, RequestLog.Key key) {
    Campaign campaign = plan.campaign();
    List<NewRecipient> taken = new ArrayList<>();
    List<NewContact> people = new ArrayList<>();
    List<TriggerAnswer> answers = new ArrayList<>();
    int lot = Lot.today(clock);
    for (int i = 0; i < given.size(); i++) {
      TriggerRecipient one = given.get(i);
      String field = "recipients[" + i + "]";
      try {
        NewRecipient recipient = read(plan, one, lot);
        NewContact contact =
            new NewContact(
                recipient.phone(),
                recipient.name(),
                Tags.checked(one.getTagsList()),
                Attributes.checked(one.getAttributesMap()));
        answers.add(new TriggerAnswer.Taken(taken.size()));
        taken.add(recipient);
        people.add(contact);
      } catch (HeraldException e) {
        String at = e.violations().isEmpty() ? "" : "." + e.violations().getFirst().field();
        answers.add(new TriggerAnswer.Refused(field + at, e.reason(), e.message()));
      }
    }
    return new TriggerWork(
        campaign.workspace(), campaign.id(), campaign.audienceId(), key, taken, people, answers);
  }

  private static NewRecipient read(TriggerPlan plan, TriggerRecipient one, int lot) {
    PhoneNumber phone =
        switch (PhoneNumbers.parse(one.getPhone(), plan.campaign().defaultRegion())) {
          case Parsed.Good good -> good.number();
          case Parsed.Bad bad ->
              throw HeraldException.invalid("phone", bad.reason(), bad.message());
        };
    String name = one.getName().strip();
    if (name.length() > MAX_NAME || name.indexOf('\u0000') >= 0) {
      throw HeraldException.invalid(
          "name", "VALUE_TOO_LONG", "A name has at most " + MAX_NAME + " characters.");
    }
    List<@Nullable String> values =
        plan.parameters().resolve(phone.e164(), name, one.getParametersMap());
    if (values.stream().anyMatch(value -> value != null && value.indexOf('\u0000') >= 0)) {
      throw HeraldException.invalid(
          "parameters", "VALUE_NOT_ALLOWED", "A value holds a NUL character.");
    }
    plan.flaws()
        .flaw(new Values(phone.e164(), name, values))
        .ifPresent(
            flaw -> {
              boolean missing = flaw.reason().equals("PARAMETER_MISSING");
              throw HeraldException.invalid(
                  "parameters." + flaw.column(),
                  missing ? "PARAMETERS_MISSING" : flaw.reason(),
                  flaw.message());
            });
    return new NewRecipient(phone, name, lot, values);
  }

  private static void requireLive(String status) {
    if (!status.equals(CampaignStatus.LIVE.name())) {
      throw notLive(status);
    }
  }

  private static HeraldException notLive(String status) {
    return HeraldException.precondition(
        "CAMPAIGN_NOT_LIVE",
        "Only a LIVE campaign takes calls; this one is " + status + ".",
        Map.of("status", status));
  }

  @Override
  public void close() {
    commits.close();
  }
}
