package dev.herald.runtime.outbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** The relay's view of the outbox table. */
final class OutboxStore {
  // Counting stops here; a gauge that says "at least this" is as alarming as the exact number.
  private static final int MAX_COUNTED = 100_000;

  private final Jdbi jdbi;
  private final String topic;

  record Row(long id, byte[] payload) {}

  record Backlog(long rows, Duration age) {}

  OutboxStore(Jdbi jdbi, String topic) {
    this.jdbi = jdbi;
    this.topic = topic;
  }

  /**
   * The oldest rows, except those set aside. A plain read: no lock is held while the network is in
   * play. There is no cursor either, because ids become visible out of order.
   */
  List<Row> oldest(int limit, Collection<Long> except) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, payload
                      from outbox
                     where topic = :topic and id <> all (:except)
                     order by id
                     limit :limit
                    """)
                .bind("topic", topic)
                .bindArray("except", Long.class, except)
                .bind("limit", limit)
                .map((row, context) -> new Row(row.getLong("id"), row.getBytes("payload")))
                .list());
  }

  /** These rows, as far as another instance has not sent them meanwhile. */
  List<Row> rows(Collection<Long> ids) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select id, payload from outbox where id = any (:ids) order by id")
                .bindArray("ids", Long.class, ids)
                .map((row, context) -> new Row(row.getLong("id"), row.getBytes("payload")))
                .list());
  }

  void delete(List<Row> sent) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate("delete from outbox where id = any (:ids)")
                .bindArray("ids", Long.class, sent.stream().map(Row::id).toList())
                .execute());
  }

  Backlog backlog() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select count(*) as rows,
                           coalesce(extract(epoch from now() - min(created_at)), 0) as age
                      from (select created_at from outbox
                             where topic = :topic order by id limit :limit) as backlog
                    """)
                .bind("topic", topic)
                .bind("limit", MAX_COUNTED)
                .map(
                    (row, context) ->
                        new Backlog(
                            row.getLong("rows"),
                            Duration.ofMillis((long) (row.getDouble("age") * 1000))))
                .one());
  }
}
