package dev.herald.runtime.outbox;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What a service must tell others, written in the transaction of the change itself: both happen or
 * neither. An {@link OutboxRelay} per topic carries it on, at least once and in no promised order,
 * so payloads are facts or states with a version.
 *
 * <p>Each schema that uses it has this table:
 *
 * <pre>{@code
 * create table outbox (
 *   id         bigint generated always as identity primary key,
 *   topic      text        not null,
 *   payload    bytea       not null,
 *   created_at timestamptz not null default now()
 * ) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
 * create index outbox_topic on outbox (topic, id);
 * }</pre>
 */
public final class Outbox {
  private Outbox() {}

  public static void append(Handle tx, String topic, byte[] payload) {
    appendAll(tx, topic, List.of(payload));
  }

  /** Appends in one statement. */
  public static void appendAll(Handle tx, String topic, List<byte[]> payloads) {
    if (payloads.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into outbox (topic, payload)
            select :topic, payload
              from unnest(:payloads) with ordinality as item (payload, position)
             order by position
            """)
        .bind("topic", topic)
        .bindArray("payloads", byte[].class, payloads)
        .execute();
  }
}
