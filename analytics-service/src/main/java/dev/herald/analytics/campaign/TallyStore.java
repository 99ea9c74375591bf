package dev.herald.analytics.campaign;

import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.Tally;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Campaigns' figures in short, for whoever watches over many. */
public final class TallyStore {
  private final Jdbi jdbi;

  public TallyStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The figures of those campaigns that are known. */
  public List<Tally> get(List<Long> campaigns) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select c.campaign_id, c.sent, c.failed, f.code, f.title
                      from campaign c
                      left join lateral (
                        select code, title from failure_reason r
                         where r.campaign_id = c.campaign_id and r.messages > 0
                         order by messages desc, code
                         limit 1) as f on true
                     where c.campaign_id = any (:campaigns)
                    """)
                .bindArray("campaigns", Long.class, campaigns)
                .map(
                    (row, context) -> {
                      Tally.Builder tally =
                          Tally.newBuilder()
                              .setCampaignId(row.getLong("campaign_id"))
                              .setSent(row.getInt("sent"))
                              .setFailed(row.getInt("failed"));
                      if (row.getString("title") != null) {
                        tally.setMostFrequentFailure(
                            Failure.newBuilder()
                                .setCode(row.getInt("code"))
                                .setTitle(row.getString("title")));
                      }
                      return tally.build();
                    })
                .list());
  }
}
