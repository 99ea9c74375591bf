package dev.herald.analytics.campaign;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.UnattributedCount;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Statuses that belong to no message of ours, counted by channel and reason. */
public final class UnattributedStore {
  private static final Comparator<UnattributedCount> BY_KEY =
      Comparator.comparingLong(UnattributedCount::getWorkspaceId)
          .thenComparingLong(UnattributedCount::getChannelId)
          .thenComparing(UnattributedCount::getReason);

  private final Jdbi jdbi;

  public UnattributedStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Adds a batch once; a repeat of its id adds nothing. */
  public void add(String batchId, List<UnattributedCount> counts) {
    jdbi.useTransaction(
        tx -> {
          int isNew =
              tx.createUpdate(
                      "insert into unattributed_batch (batch_id) values (:id) on conflict do"
                          + " nothing")
                  .bind("id", batchId)
                  .execute();
          if (isNew == 0) {
            return;
          }
          // In the order of the key, so that two batches cannot deadlock.
          for (UnattributedCount count : counts.stream().sorted(BY_KEY).toList()) {
            tx.createUpdate(
                    """
                    insert into unattributed as u values
                      (:workspace, :channel, :reason, :count, :time)
                    on conflict (workspace_id, channel_id, reason) do update
                    set count = u.count + excluded.count,
                        last_time = greatest(u.last_time, excluded.last_time)
                    """)
                .bind("workspace", count.getWorkspaceId())
                .bind("channel", count.getChannelId())
                .bind("reason", count.getReason())
                .bind("count", count.getCount())
                .bind("time", Instant.ofEpochSecond(count.getTime().getSeconds()))
                .execute();
          }
        });
  }

  /** The counts behind a channel and reason, in their order. */
  List<UnattributedCount> list(long workspace, long afterChannel, String afterReason, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from unattributed
                    where workspace_id = :workspace
                      and (channel_id, reason) > (:afterChannel, :afterReason)
                    order by channel_id, reason limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("afterChannel", afterChannel)
                .bind("afterReason", afterReason)
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        UnattributedCount.newBuilder()
                            .setWorkspaceId(workspace)
                            .setChannelId(row.getLong("channel_id"))
                            .setReason(row.getString("reason"))
                            .setCount((int) Math.min(Integer.MAX_VALUE, row.getLong("count")))
                            .setTime(
                                Timestamp.newBuilder()
                                    .setSeconds(
                                        row.getTimestamp("last_time").toInstant().getEpochSecond()))
                            .build())
                .list());
  }
}
