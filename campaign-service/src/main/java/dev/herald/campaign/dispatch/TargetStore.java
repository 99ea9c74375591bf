package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.MessageCategory;
import dev.herald.campaign.campaign.MessageType;
import dev.herald.campaign.contact.ErasureStore;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.rules.Admission;
import dev.herald.campaign.rules.Admission.Verdict;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Whom a batch is for, as they are at the moment of dispatch. */
public final class TargetStore {
  private final Jdbi jdbi;
  private final ErasureStore erased;
  private final Admission admission;

  public TargetStore(Jdbi jdbi, ErasureStore erased, Admission admission) {
    this.jdbi = jdbi;
    this.erased = erased;
    this.admission = admission;
  }

  /** The recipients of a batch as they are now: opted out, active, erased, ruled out. */
  List<Target> targets(Batch batch, Campaign campaign, Set<String> refusedCountries) {
    Set<Integer> active = new HashSet<>();
    List<Target> targets =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select r.*, batch.attempts, coalesce(ct.opted_out, false) as opted_out,
                               coalesce(ct.last_inbound_at > now() - interval '24 hours', false)
                                 as active
                          from unnest(:ordinals, :attempts) as batch (ordinal, attempts)
                          join recipient r on r.audience_id = :audience
                                          and r.ordinal = batch.ordinal
                          left join contact ct on ct.workspace_id = :workspace
                                              and ct.phone = r.phone
                         order by r.ordinal
                        """)
                    .bind("ordinals", batch.ordinals())
                    .bind("attempts", batch.attempts())
                    .bind("audience", campaign.audienceId())
                    .bind("workspace", campaign.workspace().value())
                    .map(
                        (row, context) -> {
                          long phone = row.getLong("phone");
                          String country = row.getString("country");
                          int lot = row.getInt("lot");
                          if (row.getBoolean("active")) {
                            active.add(row.getInt("ordinal"));
                          }
                          return new Target(
                              new Subject(
                                  row.getInt("ordinal"), country, lot == 0 ? campaign.lot() : lot),
                              phone,
                              new Values(
                                  PhoneNumber.e164(phone),
                                  Rows.text(row, "name"),
                                  Rows.texts(row, "parameters")),
                              row.getInt("attempts"),
                              skip(
                                  campaign,
                                  phone,
                                  row.getBoolean("opted_out"),
                                  row.getBoolean("active"),
                                  refusedCountries.contains(country)),
                              null);
                        })
                    .list());
    return ruled(campaign, withErasedOptOuts(campaign.workspace(), targets), active);
  }

  private static @Nullable SkipReason skip(
      Campaign campaign, long phone, boolean optedOut, boolean active, boolean countryRefused) {
    if (phone == 0) {
      return SkipReason.ERASED;
    }
    if (optedOut) {
      return SkipReason.OPTED_OUT;
    }
    if (campaign.messageType() == MessageType.REGULAR && !active) {
      return SkipReason.NOT_ACTIVE;
    }
    return countryRefused ? SkipReason.LIMITED : null;
  }

  private List<Target> withErasedOptOuts(WorkspaceId workspace, List<Target> targets) {
    Set<Long> unwilling =
        jdbi.withHandle(
            handle ->
                erased.optedOut(
                    handle,
                    workspace,
                    targets.stream().filter(t -> t.skip() == null).map(Target::phone).toList()));
    if (unwilling.isEmpty()) {
      return targets;
    }
    return targets.stream()
        .map(
            target ->
                target.skip() == null && unwilling.contains(target.phone())
                    ? target.skipped(SkipReason.OPTED_OUT)
                    : target)
        .toList();
  }

  // A test message is for somebody who waits for it.
  private List<Target> ruled(Campaign campaign, List<Target> targets, Set<Integer> active) {
    if (campaign.hidden()) {
      return targets;
    }
    Map<Integer, Verdict> verdicts =
        admission.decide(
            new Admission.Errand(
                campaign.workspace(),
                campaign.id().value(),
                campaign.channel().value(),
                campaign.category() == MessageCategory.MARKETING,
                ZoneId.of(campaign.timeZone())),
            targets.stream()
                .filter(target -> target.skip() == null)
                .map(
                    target ->
                        new Admission.Candidate(
                            target.subject().ordinal(),
                            target.phone(),
                            target.subject().country(),
                            active.contains(target.subject().ordinal())))
                .toList());
    return targets.stream()
        .map(
            target ->
                switch (verdicts.get(target.subject().ordinal())) {
                  case Verdict.Skip skip -> target.skipped(skip.reason());
                  case Verdict.Wait wait -> target.waiting(wait);
                  case null -> target;
                })
        .toList();
  }

  Set<String> refusedCountries(CampaignId campaign) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select country from refused_country where campaign_id = :campaign")
                .bind("campaign", campaign.value())
                .mapTo(String.class)
                .set());
  }
}
