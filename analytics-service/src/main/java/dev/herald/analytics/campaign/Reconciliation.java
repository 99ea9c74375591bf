package dev.herald.analytics.campaign;

import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.billing.v1.LineState;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Recomputes a campaign's counters from its messages in one snapshot, and compares what billing has
 * charged with the messages that count as sent. There must be no difference.
 */
public final class Reconciliation {
  private static final List<String> COUNTERS =
      List.of(
          "submitted",
          "sent",
          "delivered",
          "read",
          "failed",
          "skipped",
          "unconfirmed",
          "accepted",
          "held",
          "replied",
          "clicked",
          "anomalies",
          "expired");

  private final Jdbi jdbi;
  private final Costs costs;

  public Reconciliation(Jdbi jdbi, Costs costs) {
    this.jdbi = jdbi;
    this.costs = costs;
  }

  ReconcileCampaignResponse of(long workspace, long campaign) {
    List<String> differences = new ArrayList<>();
    ReconcileCampaignResponse.Builder answer =
        jdbi.inTransaction(
            TransactionIsolationLevel.REPEATABLE_READ,
            tx -> {
              tx.execute("set local statement_timeout = '120s'");
              ReconcileCampaignResponse.Builder counted = counters(tx, campaign, differences);
              lines(tx, campaign, differences);
              return counted;
            });
    charges(workspace, campaign, differences);
    return answer.setExact(differences.isEmpty()).addAllDifferences(differences).build();
  }

  private static ReconcileCampaignResponse.Builder counters(
      Handle tx, long campaign, List<String> differences) {
    Map<String, Object> kept =
        tx.createQuery("select * from campaign where campaign_id = :id")
            .bind("id", campaign)
            .mapToMap()
            .one();
    StringBuilder sums = new StringBuilder("select count(m.ordinal) as messages");
    COUNTERS.forEach(
        counter ->
            sums.append(", coalesce(sum(e.").append(counter).append("), 0) as ").append(counter));
    Map<String, Object> recomputed =
        tx.createQuery(
                sums
                    + " from message m join evidence_meaning e using (evidence)"
                    + " where m.campaign_id = :id")
            .bind("id", campaign)
            .mapToMap()
            .one();
    for (String counter : COUNTERS) {
      compare(
          "counter " + counter, number(kept, counter), number(recomputed, counter), differences);
    }
    return ReconcileCampaignResponse.newBuilder()
        .setMessagesChecked(number(recomputed, "messages"))
        .setRecomputed(
            CampaignAnalytics.newBuilder()
                .setSubmitted((int) number(recomputed, "submitted"))
                .setSent((int) number(recomputed, "sent"))
                .setDelivered((int) number(recomputed, "delivered"))
                .setRead((int) number(recomputed, "read"))
                .setFailed((int) number(recomputed, "failed"))
                .setSkipped((int) number(recomputed, "skipped"))
                .setUnconfirmed((int) number(recomputed, "unconfirmed"))
                .setAccepted((int) number(recomputed, "accepted"))
                .setReplied((int) number(recomputed, "replied"))
                .setClicked((int) number(recomputed, "clicked")));
  }

  private static void lines(Handle tx, long campaign, List<String> differences) {
    for (String counter : List.of("submitted", "sent", "delivered", "read", "failed")) {
      Map<String, Object> sums =
          tx.createQuery(
                  """
                  select coalesce((select sum(%1$s) from campaign_line where campaign_id = :id), 0)
                      as lines,
                    coalesce((select sum(%1$s) from campaign_minute where campaign_id = :id), 0)
                      as minutes,
                    (select %1$s from campaign where campaign_id = :id) as counter
                  """
                      .formatted(counter))
              .bind("id", campaign)
              .mapToMap()
              .one();
      compare("lines " + counter, number(sums, "lines"), number(sums, "counter"), differences);
    }
  }

  /**
   * Billing may lag by what is on its way to it; only lines it has been told in full are compared.
   */
  private void charges(long workspace, long campaign, List<String> differences) {
    try {
      for (LineState line : costs.lines(workspace, campaign)) {
        jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            select case when c.charge_basis = 'ON_SENT' then l.sent
                              else l.delivered end
                            from campaign_line l join campaign c using (campaign_id)
                            where campaign_id = :id and country = :country and lot = :lot
                              and l.version = :version
                            """)
                        .bind("id", campaign)
                        .bind("country", line.getCountry())
                        .bind("lot", line.getLot())
                        .bind("version", line.getUsageVersion())
                        .mapTo(Long.class)
                        .findOne())
            .ifPresent(
                messages ->
                    compare(
                        "charged messages " + line.getCountry(),
                        line.getChargedMessages(),
                        messages,
                        differences));
      }
    } catch (StatusRuntimeException e) {
      differences.add("billing could not be asked: " + e.getStatus().getCode());
    }
  }

  private static void compare(String what, long kept, long recomputed, List<String> differences) {
    if (kept != recomputed) {
      differences.add(what + " is " + kept + ", recomputed " + recomputed);
    }
  }

  private static long number(Map<String, Object> row, String column) {
    return ((Number) java.util.Objects.requireNonNull(row.get(column))).longValue();
  }
}
