package dev.herald.campaign.campaign;

import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.campaign.audience.ImportStore;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.message.Links;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.money.Line;
import dev.herald.campaign.money.Lot;
import dev.herald.campaign.money.ReservationStore;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.crash.CrashPoint;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Makes a DRAFT LIVE or SCHEDULED, with its whole cost set aside.
 *
 * <p>No transaction is open while billing is asked. So the question is written down first; what
 * billing answers is a total, not a delta, and asking again is harmless. A crash in between leaves
 * a DRAFT whose question is on record: the next launch picks it up, or the money is given back
 * after a while.
 */
public final class Launch {
  private final Jdbi jdbi;
  private final CampaignStore store;
  private final Transitions transitions;
  private final ChannelStore channels;
  private final RecipientStore recipients;
  private final ImportStore imports;
  private final Contents contents;
  private final ReservationStore reservations;
  private final BillingClient billing;
  private final AnalyticsClient analytics;
  private final Sending sending;
  private final Clock clock;

  /**
   * A campaign that was launched.
   *
   * @param reserved what was set aside by this call; null if nothing was
   */
  public record Launched(Campaign campaign, @Nullable Money reserved) {}

  /** What a launch needs billing for. */
  private record Question(Campaign campaign, MessageCategory category, Map<Line, Integer> totals) {}

  private sealed interface Preparation {
    /** Nothing to reserve: done in one transaction. */
    record Done(Campaign campaign) implements Preparation {}

    record Ask(Question question) implements Preparation {}
  }

  public Launch(
      Jdbi jdbi,
      CampaignStore store,
      Transitions transitions,
      ChannelStore channels,
      RecipientStore recipients,
      ImportStore imports,
      Contents contents,
      ReservationStore reservations,
      BillingClient billing,
      AnalyticsClient analytics,
      Sending sending,
      Clock clock) {
    this.jdbi = jdbi;
    this.store = store;
    this.transitions = transitions;
    this.channels = channels;
    this.recipients = recipients;
    this.imports = imports;
    this.contents = contents;
    this.reservations = reservations;
    this.billing = billing;
    this.analytics = analytics;
    this.sending = sending;
    this.clock = clock;
  }

  /**
   * @param startAt null or past: now
   */
  public Launched launch(
      WorkspaceId workspace, CampaignId id, @Nullable Instant startAt, Actor by) {
    Instant start = startAt != null && startAt.isAfter(clock.instant()) ? startAt : null;
    Preparation preparation = jdbi.inTransaction(tx -> prepare(tx, workspace, id, start, by));
    Launched launched =
        switch (preparation) {
          case Preparation.Done done -> new Launched(done.campaign(), null);
          case Preparation.Ask ask -> reserveAndLaunch(workspace, ask.question(), start, by);
        };
    CrashPoint.reached("campaign.launch.committed");
    analytics.tellNow(launched.campaign());
    sending.changed(id, launched.campaign().version());
    sending.wake();
    return launched;
  }

  private Preparation prepare(
      Handle tx, WorkspaceId workspace, CampaignId id, @Nullable Instant start, Actor by) {
    Campaign campaign = store.lockAndRequire(tx, workspace, id);
    Lifecycle.Command command = command(start);
    if (campaign.status() != CampaignStatus.DRAFT) {
      if (campaign.status() == CampaignStatus.SCHEDULED) {
        MessageCategory category = java.util.Objects.requireNonNull(campaign.category());
        store.launched(tx, id, category, null, start, by);
      }
      return new Preparation.Done(
          transitions.apply(tx, campaign, command, null, by).orElse(campaign));
    }
    MessageCategory category = requireReady(tx, campaign);
    if (campaign.type() == CampaignType.API) {
      recipients.complete(
          tx,
          campaign.audienceId(),
          0,
          contents.apiParameters(tx, workspace, campaign.content()).columns());
      store.launched(tx, id, category, null, start, by);
      return new Preparation.Done(transitions.apply(tx, campaign, command, null, by).orElseThrow());
    }
    int lot = Lot.today(clock);
    Map<Line, Integer> totals = new HashMap<>();
    recipients
        .countries(tx, campaign.audienceId())
        .forEach((country, messages) -> totals.put(new Line(country, lot), messages));
    reservations
        .ask(tx, workspace, id, category.name(), totals.keySet())
        .forEach((line, standing) -> totals.merge(line, standing.unattempted(), Integer::sum));
    store.fixLot(tx, id, lot);
    return new Preparation.Ask(new Question(campaign, category, totals));
  }

  private static Lifecycle.Command command(@Nullable Instant start) {
    return start == null ? new Lifecycle.Command.Launch() : new Lifecycle.Command.Schedule();
  }

  private MessageCategory requireReady(Handle tx, Campaign campaign) {
    WorkspaceId workspace = campaign.workspace();
    channels.require(tx, workspace, campaign.channel());
    channels.keep(tx, campaign.channel());
    contents
        .obstacle(tx, workspace, campaign.content())
        .ifPresent(
            obstacle -> {
              throw HeraldException.precondition("TEMPLATE_NOT_APPROVED", obstacle);
            });
    if (!contents.links().possible() && !Links.of(campaign.content()).isEmpty()) {
      throw HeraldException.precondition(
          "LINKS_NOT_POSSIBLE",
          "Tracked links need an address at which people reach Herald. Have HERALD_PUBLIC_URL set,"
              + " or do not track the links.");
    }
    if (campaign.type() == CampaignType.BROADCAST) {
      requireAudience(tx, campaign);
    }
    return contents.category(tx, workspace, campaign.content());
  }

  private void requireAudience(Handle tx, Campaign campaign) {
    if (imports.isRunning(tx, campaign.id())) {
      throw HeraldException.precondition(
          "AUDIENCE_IMPORT_RUNNING",
          "The audience is still being uploaded. Wait until it is done.");
    }
    if (campaign.audience() == 0) {
      throw HeraldException.precondition(
          "AUDIENCE_EMPTY", "The campaign has no recipients. Upload an audience first.");
    }
    ParameterPlan plan =
        contents.plan(tx, campaign.workspace(), campaign.content(), campaign.columns());
    if (!plan.unfilled().isEmpty()) {
      throw HeraldException.precondition(
          "PARAMETERS_MISSING",
          "No column fills these parameters: " + String.join(", ", plan.unfilled()) + ".",
          Map.of("parameters", String.join(",", plan.unfilled())));
    }
    plan.constantFlaw()
        .ifPresent(
            flaw -> {
              throw HeraldException.precondition("PARAMETERS_INVALID", flaw.message());
            });
    int lacking =
        recipients.lacking(
            tx, campaign.audienceId(), plan.requiredParameters(), plan.requiresName());
    if (lacking > 0) {
      throw HeraldException.precondition(
          "PARAMETERS_MISSING",
          lacking
              + " recipients lack a value that the message needs. Set a fallback, or upload the"
              + " audience again to see which.",
          Map.of("recipients", Integer.toString(lacking)));
    }
  }

  private Launched reserveAndLaunch(
      WorkspaceId workspace, Question question, @Nullable Instant start, Actor by) {
    CampaignId id = question.campaign().id();
    ReserveResponse answer;
    try {
      answer =
          billing.reserve(
              workspace,
              id,
              question.campaign().channel(),
              question.category().name(),
              question.totals());
    } catch (HeraldException e) {
      if (e.kind() == HeraldException.Kind.PRECONDITION) {
        jdbi.useTransaction(tx -> reservations.refused(tx, id, question.totals().keySet()));
      }
      throw e;
    }
    CrashPoint.reached("campaign.launch.reserved");
    Campaign launched = jdbi.inTransaction(tx -> take(tx, workspace, question, answer, start, by));
    return new Launched(launched, answer.hasReserved() ? answer.getReserved() : null);
  }

  private Campaign take(
      Handle tx,
      WorkspaceId workspace,
      Question question,
      ReserveResponse answer,
      @Nullable Instant start,
      Actor by) {
    Campaign campaign = store.lockAndRequire(tx, workspace, question.campaign().id());
    if (campaign.status() == CampaignStatus.DRAFT
        && campaign.version() != question.campaign().version()) {
      throw HeraldException.aborted(
          "CAMPAIGN_CHANGED", "The campaign was changed while it was being launched. Try again.");
    }
    if (campaign.status() != CampaignStatus.DRAFT) {
      // Somebody else launched it at the same moment, with the same money.
      return transitions.apply(tx, campaign, command(start), null, by).orElse(campaign);
    }
    CampaignId id = campaign.id();
    Map<Line, Integer> totals = new HashMap<>(question.totals());
    answer
        .getLinesList()
        .forEach(
            line ->
                totals.merge(
                    new Line(line.getCountry(), line.getLot()),
                    line.getMessagesTotal(),
                    Math::max));
    reservations.answered(tx, id, totals);
    int lot = question.totals().keySet().iterator().next().lot();
    recipients
        .countries(tx, campaign.audienceId())
        .forEach(
            (country, messages) -> {
              if (!reservations.take(tx, id, new Line(country, lot), messages)) {
                throw new IllegalStateException("Billing reserved less than it answered.");
              }
            });
    reservations.releaseSpare(tx, id);
    store.fixLot(tx, id, lot);
    store.launched(tx, id, question.category(), basis(answer), start, by);
    Campaign launched = transitions.apply(tx, campaign, command(start), null, by).orElseThrow();
    CrashPoint.reached("campaign.launch.before-commit");
    return launched;
  }

  private static @Nullable String basis(ReserveResponse answer) {
    return switch (answer.getChargeBasis()) {
      case ON_SENT, ON_DELIVERED -> answer.getChargeBasis().name();
      case CHARGE_BASIS_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }
}
