package dev.herald.campaign.upkeep;

import dev.herald.campaign.audience.ImportStore;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Actor;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.reply.SentMessageStore;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.rules.ChannelOpeningStore;
import dev.herald.campaign.rules.ContactMessageStore;
import dev.herald.campaign.trigger.TestResultStore;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Removes what nobody needs any more, in small steps. */
public final class Sweeper {
  private static final int STEP = 5000;
  private static final int MANY = 100;

  private final Jdbi jdbi;
  private final ImportStore imports;
  private final RecipientStore recipients;
  private final RequestLog requests;
  private final CampaignStore campaigns;
  private final Transitions transitions;
  private final ReplyStore replies;
  private final Duration repliesKept;
  private final SentMessageStore sent = new SentMessageStore();
  private final ContactMessageStore messages = new ContactMessageStore();
  private final ChannelOpeningStore openings = new ChannelOpeningStore();
  private final TestResultStore results = new TestResultStore();

  public Sweeper(
      Jdbi jdbi,
      ImportStore imports,
      RecipientStore recipients,
      RequestLog requests,
      CampaignStore campaigns,
      Transitions transitions,
      ReplyStore replies,
      Duration repliesKept) {
    this.jdbi = jdbi;
    this.imports = imports;
    this.recipients = recipients;
    this.requests = requests;
    this.campaigns = campaigns;
    this.transitions = transitions;
    this.replies = replies;
    this.repliesKept = repliesKept;
  }

  /** Imports whose process has died, and recipients of audiences that were replaced. */
  public boolean audiences() {
    jdbi.useTransaction(
        tx -> imports.giveUpLost(tx).forEach(audience -> recipients.discard(tx, audience)));
    return jdbi.inTransaction(tx -> recipients.sweepDiscarded(tx, STEP));
  }

  /** Answers kept for repetitions that come no more, and results of tests nobody waits for. */
  public boolean answers() {
    jdbi.useHandle(results::forgetOld);
    return jdbi.withHandle(requests::forgetOld) == STEP;
  }

  /** What people wrote long ago, and WhatsApp's ids of messages nobody quotes any more. */
  public boolean replies() {
    int words = jdbi.withHandle(handle -> replies.forgetOld(handle, repliesKept, STEP));
    int ids = jdbi.withHandle(handle -> sent.forgetOld(handle, STEP));
    return words == STEP || ids == STEP;
  }

  /** Messages that no rule looks back to any more. */
  public boolean rules() {
    boolean moreMessages = jdbi.inTransaction(tx -> messages.forgetOld(tx, STEP));
    boolean moreOpenings = jdbi.inTransaction(tx -> openings.forgetOld(tx, STEP));
    return moreMessages || moreOpenings;
  }

  /** Campaigns that carried test messages an hour ago or earlier. */
  public boolean tests() {
    List<CampaignId> old = jdbi.withHandle(handle -> results.oldCampaigns(handle, MANY));
    for (CampaignId id : old) {
      jdbi.useTransaction(
          tx -> {
            if (campaigns.lock(tx, id)) {
              campaigns
                  .find(tx, id)
                  .ifPresent(
                      campaign ->
                          transitions.apply(
                              tx, campaign, new Lifecycle.Command.Stop(), null, Actor.HERALD));
            }
          });
    }
    return old.size() == MANY;
  }
}
