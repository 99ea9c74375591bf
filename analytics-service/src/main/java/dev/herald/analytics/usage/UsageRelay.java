package dev.herald.analytics.usage;

import dev.herald.billing.v1.LineRejection;
import dev.herald.billing.v1.RecordUsageRequest;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.herald.billing.v1.UsageTotal;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.Wake;
import dev.herald.runtime.crash.CrashPoint;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells billing how lines stand. A line's totals are a state with a version: what billing has not
 * acknowledged is simply told again, and two instances telling it at once do no harm.
 */
public final class UsageRelay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UsageRelay.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
  private static final int BATCH = 500;

  private final Jdbi jdbi;
  private final ReservationServiceBlockingStub billing;
  private final Wake work = new Wake();
  private final Thread thread;
  private volatile boolean closed;

  private record Line(UsageTotal total) {}

  public UsageRelay(Jdbi jdbi, Channel billing) {
    this.jdbi = jdbi;
    this.billing = ReservationServiceGrpc.newBlockingStub(billing);
    this.thread = Thread.ofVirtual().name("usage-relay").start(this::run);
  }

  /** Something may have changed. */
  public void wake() {
    work.call();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join(DEADLINE);
  }

  private void run() {
    int failures = 0;
    try {
      while (!closed) {
        try {
          if (relay() < BATCH) {
            work.await(POLL);
          }
          failures = 0;
        } catch (RuntimeException e) {
          if (closed) {
            return;
          }
          failures++;
          log.warn("Usage totals wait for billing failures={} cause={}", failures, e.toString());
          Thread.sleep(BACKOFF.after(failures));
        }
      }
    } catch (InterruptedException e) {
      log.debug("Usage relay stopped");
    }
  }

  private int relay() {
    List<Line> lines = unsent();
    if (lines.isEmpty()) {
      return 0;
    }
    CrashPoint.reached("analytics.usage.before-send");
    RecordUsageRequest.Builder request = RecordUsageRequest.newBuilder();
    lines.forEach(line -> request.addTotals(line.total()));
    List<LineRejection> rejections =
        billing
            .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
            .recordUsage(request.build())
            .getRejectionsList();
    Set<Integer> refused =
        rejections.stream().map(LineRejection::getIndex).collect(Collectors.toSet());
    CrashPoint.reached("analytics.usage.sent");
    acknowledge(lines, refused);
    CrashPoint.reached("analytics.usage.acknowledged");
    rejections.forEach(
        rejection -> log.warn("Billing refused a line reason={}", rejection.getReason()));
    return lines.size();
  }

  private List<Line> unsent() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select l.*, c.workspace_id, c.charge_basis
                    from campaign_line l join campaign c using (campaign_id)
                    where l.version > l.relayed_version and l.lot > 0 and l.relay_after <= now()
                    order by l.campaign_id, l.country, l.lot limit :batch
                    """)
                .bind("batch", BATCH)
                .map(
                    (row, context) -> {
                      boolean onSent = row.getString("charge_basis").equals("ON_SENT");
                      return new Line(
                          UsageTotal.newBuilder()
                              .setWorkspaceId(row.getLong("workspace_id"))
                              .setCampaignId(row.getLong("campaign_id"))
                              .setCountry(row.getString("country"))
                              .setLot(row.getInt("lot"))
                              .setVersion(row.getLong("version"))
                              .setChargedMessages(row.getInt(onSent ? "sent" : "delivered"))
                              .setReleasedMessages(
                                  row.getInt(onSent ? "released_on_sent" : "released_on_delivered"))
                              .build());
                    })
                .list());
  }

  /**
   * What was refused is told again later; what was taken is not, unless it changes. The lines come
   * in the order of their key, as the merge locks them.
   */
  private void acknowledge(List<Line> lines, Set<Integer> refused) {
    jdbi.useTransaction(
        tx -> {
          var batch =
              tx.prepareBatch(
                  """
                  update campaign_line
                  set relayed_version = case when :refused then relayed_version
                        else greatest(relayed_version, :version) end,
                      relay_after = case when :refused then now() + interval '5 s'
                        else relay_after end
                  where campaign_id = :campaign and country = :country and lot = :lot
                  """);
          for (int i = 0; i < lines.size(); i++) {
            UsageTotal total = lines.get(i).total();
            batch
                .bind("refused", refused.contains(i))
                .bind("version", total.getVersion())
                .bind("campaign", total.getCampaignId())
                .bind("country", total.getCountry())
                .bind("lot", total.getLot())
                .add();
          }
          batch.execute();
        });
  }
}
