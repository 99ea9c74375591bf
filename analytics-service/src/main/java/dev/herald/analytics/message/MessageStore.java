package dev.herald.analytics.message;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.evidence.Bucket;
import dev.herald.analytics.evidence.EvidenceKind;
import dev.herald.analytics.evidence.EvidenceSet;
import dev.herald.analytics.v1.EvidenceSeen;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.Message;
import dev.herald.analytics.v1.SkipReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Reads single messages, in the order of their ordinals, a page at a time. A page touches the
 * blocks of 4096 ordinals that hold a message of the filter, and few more: it costs the same at a
 * million messages as at ten thousand.
 */
public final class MessageStore {
  private static final int EXPORT_CHUNK = 1000;
  private static final int BLOCK_BITS = 12;
  // How many blocks are looked for at a time, and how many of them are read at a time.
  private static final int BLOCKS = 64;
  private static final int MOST_AT_ONCE = 16;

  private static final String CONDITIONS =
      """
      (:everySet or m.evidence = any(:sets::smallint[]))
      and (cardinality(:codes::int[]) = 0 or m.failure_code = any(:codes::int[]))
      and (cardinality(:countries::text[]) = 0 or m.country = any(:countries::text[]))
      and (cardinality(:skips::smallint[]) = 0 or m.skip_reason = any(:skips::smallint[]))
      and (:first = 0 and :last = 9223372036854775807 or
        least(m.accepted_at, m.held_at, m.sent_at, m.delivered_at, m.read_at, m.failed_at,
            m.replied_at, m.clicked_at, m.skipped_at, m.unconfirmed_at, m.expired_at)
          between :first and :last - 1)
      """;

  private final Jdbi jdbi;

  public MessageStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public List<Integer> ordinals(
      long workspace, long campaign, MessageFilters filter, int after, int limit) {
    return jdbi.withHandle(
        handle ->
            page(
                handle,
                new Asked(workspace, campaign, filter),
                after,
                limit,
                row -> row.getInt("ordinal"),
                Integer::intValue));
  }

  public List<Message> list(
      long workspace, long campaign, MessageFilters filter, int after, int limit) {
    return jdbi.withHandle(
        handle -> messages(handle, new Asked(workspace, campaign, filter), after, limit));
  }

  /** Every message of the filter from one snapshot, in chunks. */
  public void export(
      long workspace, long campaign, MessageFilters filter, Consumer<List<Message>> chunks) {
    Asked asked = new Asked(workspace, campaign, filter);
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        tx -> {
          int after = -1;
          List<Message> chunk;
          do {
            chunk = messages(tx, asked, after, EXPORT_CHUNK);
            if (!chunk.isEmpty()) {
              chunks.accept(chunk);
              after = chunk.getLast().getOrdinal();
            }
          } while (chunk.size() == EXPORT_CHUNK);
        });
  }

  private record Asked(long workspace, long campaign, MessageFilters filter) {}

  @FunctionalInterface
  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private static List<Message> messages(Handle handle, Asked asked, int after, int limit) {
    return page(handle, asked, after, limit, MessageStore::message, Message::getOrdinal);
  }

  private static <T> List<T> page(
      Handle handle,
      Asked asked,
      int after,
      int limit,
      Reading<T> reading,
      ToIntFunction<T> ordinal) {
    if (!owns(handle, asked)) {
      return List.of();
    }
    if (asked.filter().isEmpty()) {
      return following(handle, asked, after, limit, reading);
    }
    if (asked.filter().failureCodes().length > 0) {
      return failed(handle, asked, after, limit, reading);
    }
    return fromBlocks(handle, asked, after, limit, reading, ordinal);
  }

  private static boolean owns(Handle handle, Asked asked) {
    return handle
        .createQuery(
            """
            select true from campaign
            where campaign_id = :campaign and workspace_id = :workspace
            """)
        .bind("campaign", asked.campaign())
        .bind("workspace", asked.workspace())
        .mapTo(Boolean.class)
        .findOne()
        .isPresent();
  }

  /** Without a filter: in the order of the key. */
  private static <T> List<T> following(
      Handle handle, Asked asked, int after, int limit, Reading<T> reading) {
    return handle
        .createQuery(
            """
            select * from message where campaign_id = :campaign and ordinal > :after
            order by ordinal limit :limit
            """)
        .bind("campaign", asked.campaign())
        .bind("after", after)
        .bind("limit", limit)
        .map((row, context) -> reading.of(row))
        .list();
  }

  /** By failure code: each code in the order of the index on it, then all together. */
  private static <T> List<T> failed(
      Handle handle, Asked asked, int after, int limit, Reading<T> reading) {
    return filtered(
            handle,
            """
            select m.* from unnest(:codes::int[]) as code cross join lateral (
              select * from message m
              where m.campaign_id = :campaign and m.failure_code = code and m.ordinal > :after
                and %s
              order by m.ordinal limit :limit
            ) m
            order by m.ordinal limit :limit
            """
                .formatted(CONDITIONS),
            asked,
            after,
            limit)
        .map((row, context) -> reading.of(row))
        .list();
  }

  /** By anything else: from the blocks that hold such messages, a few at first, then more. */
  private static <T> List<T> fromBlocks(
      Handle handle,
      Asked asked,
      int after,
      int limit,
      Reading<T> reading,
      ToIntFunction<T> ordinal) {
    List<T> found = new ArrayList<>();
    int last = after;
    int atOnce = 1;
    // The block of the last ordinal seen may hold more.
    int fromBlock = (after + 1) >>> BLOCK_BITS;
    while (true) {
      int[] blocks = blocks(handle, asked, fromBlock);
      for (int i = 0; i < blocks.length; ) {
        int end = Math.min(blocks.length, i + atOnce);
        List<T> more =
            fromBlocks(
                handle,
                asked,
                Arrays.copyOfRange(blocks, i, end),
                last,
                limit - found.size(),
                reading);
        found.addAll(more);
        if (found.size() == limit) {
          return found;
        }
        if (!more.isEmpty()) {
          last = ordinal.applyAsInt(more.getLast());
        }
        i = end;
        atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
      }
      if (blocks.length < BLOCKS) {
        return found;
      }
      fromBlock = blocks[blocks.length - 1] + 1;
    }
  }

  private static int[] blocks(Handle handle, Asked asked, int fromBlock) {
    return filtered(
            handle,
            """
            select block from message_block
            where campaign_id = :campaign and block >= :after and messages > 0
              and (:everySet or evidence = any(:sets::smallint[]))
              and (cardinality(:countries::text[]) = 0 or country = any(:countries::text[]))
              and latest >= :first and earliest < :last
            group by block order by block limit :limit
            """,
            asked,
            fromBlock,
            BLOCKS)
        .mapTo(Integer.class)
        .stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static <T> List<T> fromBlocks(
      Handle handle, Asked asked, int[] blocks, int after, int limit, Reading<T> reading) {
    return filtered(
            handle,
            """
            select m.* from unnest(:blocks::int[]) as block cross join lateral (
              select * from message m
              where m.campaign_id = :campaign and m.ordinal > :after
                and m.ordinal between block << 12 and (block << 12) + 4095
                and %s
              order by m.ordinal limit :limit
            ) m
            order by m.ordinal limit :limit
            """
                .formatted(CONDITIONS),
            asked,
            after,
            limit)
        .bind("blocks", blocks)
        .map((row, context) -> reading.of(row))
        .list();
  }

  public List<Message> get(long workspace, long campaign, int[] ordinals) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select m.* from message m join campaign c using (campaign_id)
                    where m.campaign_id = :campaign and c.workspace_id = :workspace
                      and m.ordinal = any(:ordinals)
                    order by m.ordinal
                    """)
                .bind("campaign", campaign)
                .bind("workspace", workspace)
                .bind("ordinals", ordinals)
                .map((row, context) -> message(row))
                .list());
  }

  // Not every statement names every argument.
  private static Query filtered(Handle handle, String sql, Asked asked, int after, int limit) {
    MessageFilters filter = asked.filter();
    Query query = handle.createQuery(sql);
    query.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
    return query
        .bind("campaign", asked.campaign())
        .bind("after", after)
        .bind("everySet", filter.everySet())
        .bind("sets", filter.everySet() ? new int[0] : filter.sets())
        .bind("codes", filter.failureCodes())
        .bind("countries", filter.countries())
        .bind("skips", filter.skipReasons())
        .bind("first", filter.firstMicros())
        .bind("last", filter.lastMicros())
        .bind("limit", limit);
  }

  private static Message message(ResultSet row) throws SQLException {
    EvidenceSet seen = new EvidenceSet(row.getInt("evidence"));
    Message.Builder message =
        Message.newBuilder()
            .setCampaignId(row.getLong("campaign_id"))
            .setOrdinal(row.getInt("ordinal"))
            .setBucket(dev.herald.analytics.v1.Bucket.valueOf("BUCKET_" + Bucket.of(seen).name()))
            .setCountry(row.getString("country"))
            .setLot(row.getInt("lot"))
            .setAnomaly(seen.isContradictory());
    for (EvidenceKind kind : EvidenceKind.ALL) {
      long at = row.getLong(kind.name().toLowerCase(Locale.ROOT) + "_at");
      if (at > 0) {
        message.addEvidence(
            EvidenceSeen.newBuilder().setKindValue(kind.number()).setTime(timestamp(at)));
      }
    }
    if (seen.has(EvidenceKind.FAILED)) {
      message.setFailure(
          Failure.newBuilder()
              .setCode(row.getInt("failure_code"))
              .setTitle(orEmpty(row.getString("failure_title")))
              .setDetails(orEmpty(row.getString("failure_details"))));
    }
    if (seen.has(EvidenceKind.SKIPPED)) {
      message.setSkipReason(orUnspecified(SkipReason.forNumber(row.getInt("skip_reason"))));
    }
    return message.build();
  }

  private static SkipReason orUnspecified(@Nullable SkipReason reason) {
    return reason == null ? SkipReason.SKIP_REASON_UNSPECIFIED : reason;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Timestamp timestamp(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(micros / 1_000_000)
        .setNanos((int) (micros % 1_000_000) * 1000)
        .build();
  }
}
