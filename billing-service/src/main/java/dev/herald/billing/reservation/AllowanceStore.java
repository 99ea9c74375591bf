package dev.herald.billing.reservation;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** All SQL about channels' free service messages. Protected by the wallet's lock, like lines. */
final class AllowanceStore {

  /** A channel in a calendar month (yyyymm). */
  record Key(long workspaceId, long channelId, int month) {}

  /** How many messages lines hold; keys without a row hold none and are left out. */
  Map<Key, Integer> find(Handle handle, Collection<Key> keys) {
    Map<Key, Integer> held = new HashMap<>();
    if (keys.isEmpty()) {
      return held;
    }
    var query =
        handle.createQuery(
            """
            select service_allowance.*
              from unnest(:workspaceIds, :channelIds, :months)
                     as wanted (workspace_id, channel_id, month)
              join service_allowance using (workspace_id, channel_id, month)
            """);
    bind(query, List.copyOf(keys));
    query
        .map(
            (row, context) ->
                Map.entry(
                    new Key(
                        row.getLong("workspace_id"),
                        row.getLong("channel_id"),
                        row.getInt("month")),
                    row.getInt("held")))
        .forEach(entry -> held.put(entry.getKey(), entry.getValue()));
    return held;
  }

  void put(Handle tx, Map<Key, Integer> held) {
    if (held.isEmpty()) {
      return;
    }
    List<Key> keys = List.copyOf(held.keySet());
    var upsert =
        tx.createUpdate(
            """
            insert into service_allowance (workspace_id, channel_id, month, held)
            select * from unnest(:workspaceIds, :channelIds, :months, :held)
                on conflict (workspace_id, channel_id, month) do update set held = excluded.held
            """);
    bind(upsert, keys);
    upsert.bindArray("held", Integer.class, keys.stream().map(held::get).toList());
    upsert.execute();
  }

  private static void bind(SqlStatement<?> statement, List<Key> keys) {
    statement.bindArray("workspaceIds", Long.class, keys.stream().map(Key::workspaceId).toList());
    statement.bindArray("channelIds", Long.class, keys.stream().map(Key::channelId).toList());
    statement.bindArray("months", Integer.class, keys.stream().map(Key::month).toList());
  }
}
