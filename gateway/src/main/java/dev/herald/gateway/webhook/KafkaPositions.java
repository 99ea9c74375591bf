package dev.herald.gateway.webhook;

import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** How far the partitions of a topic are applied. */
final class KafkaPositions {
  private final Jdbi jdbi;
  private final String topicId;

  /** A partition: what is applied ends at {@code next}, what was begun at {@code begun}. */
  record Position(int partition, long next, long begun) {}

  KafkaPositions(Jdbi jdbi, String topicId) {
    this.jdbi = jdbi;
    this.topicId = topicId;
  }

  /** Where to go on; empty if nothing of the partition was ever applied. */
  OptionalLong next(int partition) {
    Long next = all().get(partition);
    return next == null ? OptionalLong.empty() : OptionalLong.of(next);
  }

  /** Where each partition of which something was applied goes on. */
  Map<Integer, Long> all() {
    return jdbi
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select partition_number as partition, next_offset as next, begun_offset as begun
                        from webhook_position where topic_id = :topic
                        """)
                    .bind("topic", topicId)
                    .map(ConstructorMapper.of(Position.class))
                    .list())
        .stream()
        .collect(Collectors.toMap(Position::partition, Position::next));
  }

  /** Nothing of it counts as applied: the broker has lost what was. */
  void forget(int partition) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    "delete from webhook_position where topic_id = :topic and partition_number ="
                        + " :partition")
                .bind("topic", topicId)
                .bind("partition", partition)
                .execute());
  }

  /** The position, which nobody else changes until the transaction ends. */
  Position lock(Handle handle, int partition, long first) {
    handle
        .createUpdate(
            """
            insert into webhook_position (topic_id, partition_number, next_offset, begun_offset)
            values (:topic, :partition, :first, :first) on conflict do nothing
            """)
        .bind("topic", topicId)
        .bind("partition", partition)
        .bind("first", first)
        .execute();
    return handle
        .createQuery(
            """
            select partition_number as partition, next_offset as next, begun_offset as begun
            from webhook_position
            where topic_id = :topic and partition_number = :partition for update
            """)
        .bind("topic", topicId)
        .bind("partition", partition)
        .map(ConstructorMapper.of(Position.class))
        .one();
  }

  /**
   * Moves a position. False if it is no longer what it was: somebody else has gone on with the
   * partition.
   */
  boolean move(Handle handle, Position from, Position to) {
    return handle
            .createUpdate(
                """
                update webhook_position set next_offset = :toNext, begun_offset = :toBegun
                where topic_id = :topic and partition_number = :partition
                  and next_offset = :fromNext and begun_offset = :fromBegun
                """)
            .bind("topic", topicId)
            .bind("partition", from.partition())
            .bind("fromNext", from.next())
            .bind("fromBegun", from.begun())
            .bind("toNext", to.next())
            .bind("toBegun", to.begun())
            .execute()
        == 1;
  }
}
