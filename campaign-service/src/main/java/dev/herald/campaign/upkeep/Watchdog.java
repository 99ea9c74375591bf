package dev.herald.campaign.upkeep;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.campaign.audience.Recipient;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.report.Reports;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Gives up on messages that WhatsApp took, or may have taken, and never spoke of again: their money
 * is released (evidence EXPIRED). WhatsApp repeats a webhook for seven days, so eight days of
 * silence are final; should a status come all the same, it still counts. Where only delivery is
 * charged, a message that was sent and never delivered expires after WhatsApp's own thirty days.
 */
public final class Watchdog {
  private static final Duration UNDELIVERED = Duration.ofDays(31);
  private static final Duration EVERY = Duration.ofHours(6);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final RecipientStore recipients;
  private final AnalyticsClient analytics;
  private final Reports reports;
  private final Duration silence;
  private final Clock clock;
  private final WatchStore store = new WatchStore();

  public Watchdog(
      Jdbi jdbi,
      CampaignStore campaigns,
      RecipientStore recipients,
      AnalyticsClient analytics,
      Reports reports,
      Duration silence,
      Clock clock) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.recipients = recipients;
    this.analytics = analytics;
    this.reports = reports;
    this.silence = silence;
    this.clock = clock;
  }

  /** Looks after one campaign; true if there may be another. */
  public boolean run() {
    Optional<CampaignId> next =
        jdbi.withHandle(handle -> store.next(handle, silence, EVERY, UNDELIVERED.plus(silence)));
    next.flatMap(id -> jdbi.withHandle(handle -> campaigns.find(handle, id)))
        .ifPresent(this::watch);
    return next.isPresent();
  }

  private void watch(Campaign campaign) {
    // Noted first: one campaign that cannot be looked after must not keep the others from it.
    jdbi.useHandle(handle -> store.watched(handle, campaign.id()));
    Instant now = clock.instant();
    expire(
        campaign,
        filter(now.minus(silence))
            .addBuckets(Bucket.BUCKET_ACCEPTED)
            .addBuckets(Bucket.BUCKET_UNCONFIRMED)
            .build(),
        now);
    if ("ON_DELIVERED".equals(campaign.chargeBasis())) {
      expire(campaign, filter(now.minus(UNDELIVERED)).addBuckets(Bucket.BUCKET_SENT).build(), now);
    }
  }

  private static MessageFilter.Builder filter(Instant before) {
    return MessageFilter.newBuilder()
        .addWithoutEvidence(EvidenceKind.EXPIRED)
        .setEndTime(Timestamp.newBuilder().setSeconds(before.getEpochSecond()));
  }

  private void expire(Campaign campaign, MessageFilter filter, Instant now) {
    analytics.ordinals(
        campaign.workspace(), campaign.id(), filter, page -> expire(campaign, page, now));
  }

  private void expire(Campaign campaign, List<Integer> ordinals, Instant now) {
    EvidenceBatch evidence = new EvidenceBatch(campaign.workspace(), campaign.id());
    jdbi.useTransaction(
        tx -> {
          for (Recipient one : recipients.named(tx, campaign.audienceId(), ordinals)) {
            int lot = one.lot() == 0 ? campaign.lot() : one.lot();
            evidence.add(
                new EvidenceBatch.Subject(one.ordinal(), one.country(), lot),
                EvidenceKind.EXPIRED,
                now);
          }
          reports.evidence(tx, evidence);
        });
  }
}
