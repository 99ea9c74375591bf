package dev.herald.billing.wallet;

import dev.herald.billing.money.Micros;
import dev.herald.runtime.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All SQL about notices. */
public final class NoticeStore {
  private static final Logger log = LoggerFactory.getLogger(NoticeStore.class);

  /** Raises what a change of a locked wallet is worth telling. */
  public void raise(
      Handle tx,
      Wallet before,
      Micros available,
      Optional<Micros> lowBalanceThreshold,
      Instant at) {
    for (Notice.Kind kind :
        Notice.between(
            before.available(), before.lowBalanceThreshold(), available, lowBalanceThreshold)) {
      log.info("Wallet notice kind={} workspace={}", kind, before.workspaceId());
      tx.createUpdate(
              """
              insert into wallet_notice
                (workspace_id, id, kind, created_at, available, low_balance_threshold)
              values (:workspaceId, :id, :kind::notice_kind, :at, :available, :threshold)
              """)
          .bind("workspaceId", before.workspaceId())
          .bind("id", Ids.next())
          .bind("kind", kind.name())
          .bind("at", at)
          .bind("available", available.value())
          .bind("threshold", lowBalanceThreshold.map(Micros::value).orElse(null))
          .execute();
    }
  }

  /** Newest first, those before the id. */
  public List<Notice> list(Handle handle, long workspaceId, long beforeId, int limit) {
    return handle
        .createQuery(
            """
            select * from wallet_notice
             where workspace_id = :workspaceId and id < :beforeId
             order by id desc
             limit :limit
            """)
        .bind("workspaceId", workspaceId)
        .bind("beforeId", beforeId)
        .bind("limit", limit)
        .map(NoticeStore::notice)
        .list();
  }

  /** Of all wallets, those nobody has taken yet, oldest first. */
  public List<Notice> untold(Handle handle, int limit) {
    return handle
        .createQuery("select * from wallet_notice where not told order by id limit :limit")
        .bind("limit", limit)
        .map(NoticeStore::notice)
        .list();
  }

  /** Notes that a notice was taken. */
  public void told(Handle tx, long workspaceId, long id) {
    tx.createUpdate(
            "update wallet_notice set told = true where workspace_id = :workspaceId and id = :id")
        .bind("workspaceId", workspaceId)
        .bind("id", id)
        .execute();
  }

  private static Notice notice(ResultSet row, StatementContext context) throws SQLException {
    long threshold = row.getLong("low_balance_threshold");
    Optional<Micros> lowBalanceThreshold =
        row.wasNull() ? Optional.empty() : Optional.of(Micros.of(threshold));
    return new Notice(
        row.getLong("workspace_id"),
        row.getLong("id"),
        Notice.Kind.valueOf(row.getString("kind")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        Micros.of(row.getLong("available")),
        lowBalanceThreshold);
  }
}
