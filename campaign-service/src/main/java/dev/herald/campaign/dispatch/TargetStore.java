package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.MessageType;
import dev.herald.campaign.contact.ErasureStore;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Whom a batch is for, as they are at the moment of dispatch. */
public final class TargetStore {
  private final Jdbi jdbi;
  private final ErasureStore erased;

  public TargetStore(Jdbi jdbi, ErasureStore erased) {
    this.jdbi = jdbi;
    this.erased = erased;
  }

  /** The recipients of a batch as they are now: opted out, active, erased. */
  List<Target> targets(Batch batch, Campaign campaign, Set<String> refusedCountries) {
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
                                  refusedCountries.contains(country)));
                        })
                    .list());
    return withErasedOptOuts(campaign.workspace(), targets);
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
                    ? new Target(
                        target.subject(),
                        target.phone(),
                        target.values(),
                        target.attempts(),
                        SkipReason.OPTED_OUT)
                    : target)
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
