package dev.herald.campaign.campaign;

import dev.herald.billing.v1.CostEstimate;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.money.BillingClient;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.rules.SendingRulesStore;
import dev.herald.campaign.template.Placeholder;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.crash.CrashPoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Campaigns from draft to end, except launching: see {@link Launch}. */
public final class Campaigns {
  /** How long pause and stop wait for messages that are under way (promise P5). */
  public static final Duration BARRIER = Duration.ofSeconds(20);

  private final Jdbi jdbi;
  private final CampaignStore store;
  private final Transitions transitions;
  private final ChannelStore channels;
  private final RecipientStore recipients;
  private final SendingRulesStore rules;
  private final Contents contents;
  private final Reports reports;
  private final AnalyticsClient analytics;
  private final BillingClient billing;
  private final Settlement settlement;
  private final Sending sending;
  private final Clock clock;

  /** A campaign and how many of its messages may still leave. */
  public record Halted(Campaign campaign, int inFlight) {}

  /**
   * What a launch would cost.
   *
   * @param recipients who would be attempted
   * @param skipped who would be skipped now
   */
  public record Estimate(CostEstimate cost, int recipients, int skipped) {}

  /** What is to be created. */
  public record Wish(
      String name,
      CampaignType type,
      @Nullable MessageType messageType,
      ChannelId channel,
      Content content,
      int maxRate,
      Duration finishWithin,
      String defaultRegion,
      Duration startGrace) {}

  /** What is to be changed of a draft; null stays. */
  public record Change(
      @Nullable String name,
      @Nullable Content content,
      @Nullable Integer maxRate,
      @Nullable Duration finishWithin,
      @Nullable String defaultRegion,
      @Nullable Duration startGrace,
      @Nullable ChannelId channel,
      long expectedVersion) {}

  public Campaigns(
      Jdbi jdbi,
      CampaignStore store,
      Transitions transitions,
      ChannelStore channels,
      RecipientStore recipients,
      SendingRulesStore rules,
      Contents contents,
      Reports reports,
      AnalyticsClient analytics,
      BillingClient billing,
      Settlement settlement,
      Sending sending,
      Clock clock) {
    this.jdbi = jdbi;
    this.store = store;
    this.transitions = transitions;
    this.channels = channels;
    this.recipients = recipients;
    this.rules = rules;
    this.contents = contents;
    this.reports = reports;
    this.analytics = analytics;
    this.billing = billing;
    this.settlement = settlement;
    this.sending = sending;
    this.clock = clock;
  }

  /** Creates a DRAFT in the caller's transaction, which tells analytics when it is committed. */
  public Campaign create(Handle tx, WorkspaceId workspace, Wish wish, Actor by) {
    channels.require(tx, workspace, wish.channel());
    requireSendable(tx, workspace, wish.channel(), wish.content());
    requireSpread(wish.type(), wish.finishWithin());
    MessageType messageType = messageType(wish.content());
    if (wish.messageType() != null && wish.messageType() != messageType) {
      throw HeraldException.invalid(
          "message_type",
          "MESSAGE_TYPE_MISMATCH",
          "TEMPLATE needs a template as content, REGULAR a text.");
    }
    CampaignId id = new CampaignId(Ids.next());
    store.insert(
        tx,
        new CampaignStore.Draft(
            id,
            workspace,
            wish.name(),
            wish.type(),
            messageType,
            wish.channel(),
            wish.content() instanceof Content.TemplateContent template
                ? template.template().value()
                : null,
            wish.content(),
            wish.maxRate(),
            wish.finishWithin(),
            wish.defaultRegion(),
            wish.startGrace(),
            by));
    Campaign created = store.require(tx, workspace, id);
    reports.snapshot(tx, created);
    return created;
  }

  private static void requireSpread(CampaignType type, Duration finishWithin) {
    if (type == CampaignType.API && !finishWithin.isZero()) {
      throw HeraldException.invalid(
          "finish_within",
          "NOT_FOR_API_CAMPAIGNS",
          "An API campaign has no end by which its messages could be spread. Set max_rate"
              + " instead.");
    }
  }

  private static MessageType messageType(Content content) {
    return switch (content) {
      case Content.TemplateContent template -> MessageType.TEMPLATE;
      case Content.RegularContent regular -> MessageType.REGULAR;
    };
  }

  private void requireSendable(
      Handle tx, WorkspaceId workspace, ChannelId channel, Content content) {
    if (content instanceof Content.TemplateContent wanted) {
      Template template = contents.template(tx, workspace, wanted);
      if (!template.channel().equals(channel)) {
        throw HeraldException.notFound(
            "TEMPLATE_NOT_FOUND", "The channel has no template " + wanted.template().value() + ".");
      }
      template
          .obstacle()
          .ifPresent(
              obstacle -> {
                throw HeraldException.precondition("TEMPLATE_NOT_APPROVED", obstacle);
              });
      requireKnownPlaceholders(wanted, template);
    }
  }

  private static void requireKnownPlaceholders(Content.TemplateContent content, Template template) {
    List<String> known = template.placeholders().stream().map(Placeholder::key).toList();
    for (int i = 0; i < content.bindings().size(); i++) {
      String placeholder = content.bindings().get(i).placeholder();
      if (!known.contains(placeholder)) {
        throw HeraldException.invalid(
            "content.template.parameters[" + i + "].placeholder",
            "PLACEHOLDER_UNKNOWN",
            "The template has no place "
                + placeholder
                + ". It has "
                + (known.isEmpty() ? "none" : String.join(", ", known))
                + ".");
      }
    }
  }

  public Campaign get(WorkspaceId workspace, CampaignId id) {
    return jdbi.withHandle(handle -> store.require(handle, workspace, id));
  }

  /** When the campaign goes on by itself, if everybody who is left waits. */
  public Optional<Instant> nextAttempt(Campaign campaign) {
    return campaign.status() == CampaignStatus.LIVE
        ? jdbi.withHandle(handle -> store.nextAttempt(handle, campaign.id()))
        : Optional.empty();
  }

  /** Changes a DRAFT. */
  public Campaign update(WorkspaceId workspace, CampaignId id, Change change) {
    Campaign updated =
        jdbi.inTransaction(
            tx -> {
              Campaign campaign = store.lockAndRequire(tx, workspace, id);
              if (change.expectedVersion() != 0 && change.expectedVersion() != campaign.version()) {
                throw HeraldException.aborted(
                        "VERSION_MISMATCH", "Somebody else changed this campaign. Read it again.")
                    .with(Map.of("version", Long.toString(campaign.version())));
              }
              requireDraft(campaign);
              ChannelId channel = change.channel() == null ? campaign.channel() : change.channel();
              Content content = change.content() == null ? campaign.content() : change.content();
              channels.require(tx, workspace, channel);
              if (change.finishWithin() != null) {
                requireSpread(campaign.type(), change.finishWithin());
              }
              if (change.content() != null || change.channel() != null) {
                requireSendable(tx, workspace, channel, content);
              }
              store.updateDraft(
                  tx,
                  id,
                  change.name(),
                  change.content(),
                  change.content() == null ? null : messageType(change.content()),
                  change.maxRate(),
                  change.finishWithin(),
                  change.defaultRegion(),
                  change.startGrace(),
                  change.channel());
              Campaign after = store.require(tx, workspace, id);
              reports.snapshot(tx, after);
              return after;
            });
    analytics.tellNow(updated);
    return updated;
  }

  private static void requireDraft(Campaign campaign) {
    if (campaign.status() != CampaignStatus.DRAFT) {
      throw HeraldException.precondition(
          "CAMPAIGN_NOT_DRAFT",
          "Only a draft can be changed or deleted; this campaign is " + campaign.status() + ".",
          Map.of("status", campaign.status().name()));
    }
  }

  /** Deletes a DRAFT with its audience. */
  public void delete(WorkspaceId workspace, CampaignId id) {
    jdbi.useTransaction(
        tx -> {
          Campaign campaign = store.lockAndRequire(tx, workspace, id);
          requireDraft(campaign);
          store.delete(tx, campaign);
        });
  }

  /** What the campaign would cost if it were launched now. */
  public Estimate estimate(WorkspaceId workspace, CampaignId id) {
    record Counts(
        ChannelId channel, MessageCategory category, Map<String, Integer> countries, int skipped) {}
    Counts counts =
        jdbi.withHandle(
            handle -> {
              Campaign campaign = store.require(handle, workspace, id);
              contents
                  .obstacle(handle, workspace, campaign.content())
                  .ifPresent(
                      obstacle -> {
                        throw HeraldException.precondition("TEMPLATE_NOT_APPROVED", obstacle);
                      });
              Map<String, Integer> countries =
                  new TreeMap<>(recipients.countries(handle, campaign.audienceId()));
              Map<String, Integer> skipped =
                  recipients.skippedNow(
                      handle,
                      workspace.value(),
                      campaign.audienceId(),
                      campaign.messageType() == MessageType.REGULAR);
              skipped.forEach(
                  (country, messages) -> countries.merge(country, -messages, Integer::sum));
              Set<String> excluded = rules.get(handle, workspace).excludedCountries();
              excluded.forEach(
                  country -> {
                    Integer there = countries.remove(country);
                    if (there != null && there > 0) {
                      skipped.merge(country, there, Integer::sum);
                    }
                  });
              countries.values().removeIf(messages -> messages <= 0);
              return new Counts(
                  campaign.channel(),
                  contents.category(handle, workspace, campaign.content()),
                  countries,
                  skipped.values().stream().mapToInt(Integer::intValue).sum());
            });
    CostEstimate cost =
        billing.estimate(workspace, counts.channel(), counts.category().name(), counts.countries());
    return new Estimate(
        cost,
        counts.countries().values().stream().mapToInt(Integer::intValue).sum(),
        counts.skipped());
  }

  /** Pauses a campaign and returns when none of its messages is in flight any more (promise P5). */
  public Halted pause(WorkspaceId workspace, CampaignId id, Actor by) {
    Campaign paused =
        command(
            workspace,
            id,
            new Lifecycle.Command.Pause(),
            new PauseReason(
                PauseReason.Kind.BY_USER,
                "Paused by " + by.name() + ". Resume it to go on.",
                0,
                clock.instant()),
            by);
    return halted(paused);
  }

  /** Stops a campaign for good and returns when none of its messages is in flight any more (P5). */
  public Halted stop(WorkspaceId workspace, CampaignId id, Actor by) {
    Campaign stopped = command(workspace, id, new Lifecycle.Command.Stop(), null, by);
    Halted halted = halted(stopped);
    settlement.settle(id);
    return halted;
  }

  private Halted halted(Campaign campaign) {
    int inFlight = sending.awaitQuiet(campaign.id(), BARRIER);
    return new Halted(get(campaign.workspace(), campaign.id()), inFlight);
  }

  /** Resumes a PAUSED campaign. */
  public Campaign resume(WorkspaceId workspace, CampaignId id, Actor by) {
    Campaign resumed =
        jdbi.inTransaction(
            tx -> {
              Campaign campaign = store.lockAndRequire(tx, workspace, id);
              if (campaign.status() == CampaignStatus.PAUSED) {
                refreshCategory(tx, campaign);
                channels.held(tx, campaign.channel(), "");
              }
              return transitions
                  .apply(
                      tx, campaign, new Lifecycle.Command.Resume(beforeStart(campaign)), null, by)
                  .orElse(campaign);
            });
    analytics.tellNow(resumed);
    sending.changed(id, resumed.version());
    sending.wake();
    return resumed;
  }

  private boolean beforeStart(Campaign campaign) {
    Instant start = campaign.startAt();
    return start != null && start.isAfter(clock.instant()) && campaign.attempted() == 0;
  }

  // Meta may have moved the template to another category: what is reserved from now on has its
  // price.
  private void refreshCategory(Handle tx, Campaign campaign) {
    if (campaign.type() == CampaignType.API
        && contents.obstacle(tx, campaign.workspace(), campaign.content()).isEmpty()) {
      store.fixCategory(
          tx, campaign.id(), contents.category(tx, campaign.workspace(), campaign.content()));
    }
  }

  private Campaign command(
      WorkspaceId workspace,
      CampaignId id,
      Lifecycle.Command command,
      @Nullable PauseReason pause,
      Actor by) {
    Campaign after =
        jdbi.inTransaction(
            tx -> {
              Campaign campaign = store.lockAndRequire(tx, workspace, id);
              Optional<Campaign> changed = transitions.apply(tx, campaign, command, pause, by);
              CrashPoint.reached("campaign.halt.before-commit");
              return changed.orElse(campaign);
            });
    CrashPoint.reached("campaign.halt.committed");
    // What is under way hears of it before anybody else does.
    sending.changed(after.id(), after.version());
    analytics.tellNow(after);
    return after;
  }
}
