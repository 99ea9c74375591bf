package dev.herald.billing.wallet;

import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Markup;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** All SQL about wallets. Balances are not written here: they follow from ledger entries. */
public final class WalletStore {

  /** Creates an empty wallet unless the workspace has one. */
  public void create(Handle tx, long workspaceId, String currency, Markup markup, Instant at) {
    tx.createUpdate(
            """
            insert into wallet
              (workspace_id, currency, markup_ppm, charge_basis, created_at, updated_at)
            values (:workspaceId, :currency, :markupPpm, 'ON_SENT', :at, :at)
            on conflict (workspace_id) do nothing
            """)
        .bind("workspaceId", workspaceId)
        .bind("currency", currency)
        .bind("markupPpm", markup.ppm())
        .bind("at", at)
        .execute();
  }

  public Optional<Wallet> find(Handle handle, long workspaceId) {
    return handle
        .createQuery("select * from wallet where workspace_id = :workspaceId")
        .bind("workspaceId", workspaceId)
        .map(WalletStore::wallet)
        .findOne();
  }

  /**
   * Locks the wallets until the transaction ends; in order of workspace, so that no two writers
   * wait for each other.
   */
  public List<Wallet> lock(Handle tx, Collection<Long> workspaceIds) {
    return tx.createQuery(
            """
            select * from wallet
             where workspace_id = any(:workspaceIds)
             order by workspace_id
               for update
            """)
        .bindArray("workspaceIds", Long.class, new ArrayList<>(new TreeSet<>(workspaceIds)))
        .map(WalletStore::wallet)
        .list();
  }

  /** Changes what an owner may choose. The wallet must be locked. */
  public void choose(
      Handle tx,
      long workspaceId,
      ChargeBasis basis,
      Optional<Micros> lowBalanceThreshold,
      Instant at) {
    tx.createUpdate(
            """
            update wallet
               set charge_basis = :basis::charge_basis,
                   low_balance_threshold = :threshold,
                   updated_at = :at
             where workspace_id = :workspaceId
            """)
        .bind("workspaceId", workspaceId)
        .bind("basis", basis.name())
        .bind("threshold", lowBalanceThreshold.map(Micros::value).orElse(null))
        .bind("at", at)
        .execute();
  }

  /** Changes what the operator may choose; prices fixed before stay. The wallet must be locked. */
  public void chooseMarkup(Handle tx, long workspaceId, Markup markup, Instant at) {
    tx.createUpdate(
            """
            update wallet set markup_ppm = :ppm, updated_at = :at where workspace_id = :workspaceId
            """)
        .bind("workspaceId", workspaceId)
        .bind("ppm", markup.ppm())
        .bind("at", at)
        .execute();
  }

  /** Those of all workspaces after the id, in order. */
  List<Wallet> list(Handle handle, long afterWorkspaceId, int limit) {
    return handle
        .createQuery(
            """
            select * from wallet where workspace_id > :after order by workspace_id limit :limit
            """)
        .bind("after", afterWorkspaceId)
        .bind("limit", limit)
        .map(WalletStore::wallet)
        .list();
  }

  private static Wallet wallet(ResultSet row, StatementContext context) throws SQLException {
    long threshold = row.getLong("low_balance_threshold");
    Optional<Micros> lowBalanceThreshold =
        row.wasNull() ? Optional.empty() : Optional.of(Micros.of(threshold));
    return new Wallet(
        row.getLong("workspace_id"),
        row.getString("currency"),
        new Markup(row.getInt("markup_ppm")),
        ChargeBasis.valueOf(row.getString("charge_basis")),
        lowBalanceThreshold,
        Micros.of(row.getLong("topped_up")),
        Micros.of(row.getLong("adjusted")),
        Micros.of(row.getLong("available")),
        Micros.of(row.getLong("reserved")),
        Micros.of(row.getLong("revenue")),
        row.getLong("entries"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
