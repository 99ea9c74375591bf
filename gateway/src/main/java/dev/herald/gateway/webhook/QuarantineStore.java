package dev.herald.gateway.webhook;

import dev.herald.gateway.webhook.WebhookLog.Received;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Parts of webhooks that could not be applied. */
final class QuarantineStore {
  /** So much of a part is shown to people. */
  static final int SHOWN_BYTES = 8 * 1024;

  private final Jdbi jdbi;

  /** A part as stored. */
  record QuarantineRow(
      long id,
      long channelId,
      String path,
      String reason,
      String message,
      byte[] body,
      Instant receiveTime,
      Instant createTime,
      @Nullable Instant replayTime) {}

  QuarantineStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Stores faults; one that is stored already stays as it is. */
  void insert(Handle handle, List<Fault> faults) {
    if (faults.isEmpty()) {
      return;
    }
    var batch =
        handle.prepareBatch(
            """
            insert into quarantine
              (workspace_id, webhook_id, channel_id, path, reason, message, body, receive_time)
            values (:workspace, :webhook, :channel, :path, :reason, :message, :body, :receiveTime)
            on conflict (webhook_id, path) do nothing
            """);
    for (Fault fault : faults) {
      batch
          .bind("workspace", fault.workspaceId())
          .bind("webhook", fault.webhookId())
          .bind("channel", fault.channelId())
          .bind("path", fault.path())
          .bind("reason", fault.reason())
          .bind("message", fault.message())
          .bind("body", fault.body())
          .bind("receiveTime", fault.receiveTime())
          .add();
    }
    batch.execute();
  }

  /**
   * What a workspace may see: its own, and the operator's what is nobody's. Newest first; {@code
   * before} is the last id of the page before, or the largest long.
   */
  List<QuarantineRow> list(
      long workspace, boolean operator, long before, boolean withReplayed, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, channel_id, path, reason, message,
                           substring(body from 1 for :shown) as body,
                           receive_time, create_time, replay_time
                    from quarantine
                    where (workspace_id = :workspace or (workspace_id is null and :operator))
                      and id < :before and (:withReplayed or replay_time is null)
                    order by id desc limit :limit
                    """)
                .bind("shown", SHOWN_BYTES)
                .bind("workspace", workspace)
                .bind("operator", operator)
                .bind("before", before)
                .bind("withReplayed", withReplayed)
                .bind("limit", limit)
                .map(ConstructorMapper.of(QuarantineRow.class))
                .list());
  }

  /** Puts the part back into the log, to be applied like any other webhook. */
  Optional<QuarantineRow> replay(
      long workspace, boolean operator, long id, PostgresWebhookLog log) {
    return jdbi.inTransaction(
        handle -> {
          Optional<QuarantineRow> row =
              handle
                  .createQuery(
                      """
                      update quarantine set replay_time = now()
                      where id = :id
                        and (workspace_id = :workspace or (workspace_id is null and :operator))
                      returning *
                      """)
                  .bind("id", id)
                  .bind("workspace", workspace)
                  .bind("operator", operator)
                  .map(ConstructorMapper.of(QuarantineRow.class))
                  .findOne();
          row.ifPresent(
              found -> log.append(handle, List.of(new Received(found.channelId(), found.body()))));
          return row;
        });
  }

  /** Forgets what was received before the webhooks of its time were dropped. */
  int sweep(Instant before) {
    return jdbi.withHandle(
        handle ->
            handle
                .createUpdate("delete from quarantine where receive_time < :before")
                .bind("before", before)
                .execute());
  }
}
