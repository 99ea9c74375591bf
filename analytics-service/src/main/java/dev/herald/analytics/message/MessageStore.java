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
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Reads single messages, in the order of their ordinals, a page at a time. */
public final class MessageStore {
  private static final int EXPORT_CHUNK = 1000;

  // Blocks of 4096 ordinals that hold no qualifying set are not looked at.
  private static final String WHERE =
      """
      from message m
      where m.campaign_id = :campaign and m.ordinal > :after
        and exists (
          select 1 from campaign c where c.campaign_id = :campaign and c.workspace_id = :workspace)
        and (cardinality(:sets::int[]) = 0 or (
          m.evidence = any(:sets::int[])
          and m.ordinal >> 12 in (
            select block from message_block b
            where b.campaign_id = :campaign and b.messages > 0 and b.evidence = any(:sets::int[]))))
        and (cardinality(:codes::int[]) = 0 or m.failure_code = any(:codes::int[]))
        and (cardinality(:countries::text[]) = 0 or m.country = any(:countries::text[]))
        and (:first = 0 and :last = 9223372036854775807 or
          least(accepted_at, held_at, sent_at, delivered_at, read_at, failed_at, replied_at,
            clicked_at, skipped_at, unconfirmed_at, expired_at) between :first and :last - 1)
      order by m.ordinal
      limit :limit
      """;

  private final Jdbi jdbi;

  public MessageStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public List<Integer> ordinals(
      long workspace, long campaign, MessageFilters filter, int after, int limit) {
    return jdbi.withHandle(
        handle ->
            query(handle, "select m.ordinal " + WHERE, workspace, campaign, filter, after, limit)
                .mapTo(Integer.class)
                .list());
  }

  public List<Message> list(
      long workspace, long campaign, MessageFilters filter, int after, int limit) {
    return jdbi.withHandle(handle -> page(handle, workspace, campaign, filter, after, limit));
  }

  /** Every message of the filter from one snapshot, in chunks. */
  public void export(
      long workspace, long campaign, MessageFilters filter, Consumer<List<Message>> chunks) {
    jdbi.useTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        tx -> {
          int after = -1;
          List<Message> chunk;
          do {
            chunk = page(tx, workspace, campaign, filter, after, EXPORT_CHUNK);
            if (!chunk.isEmpty()) {
              chunks.accept(chunk);
              after = chunk.getLast().getOrdinal();
            }
          } while (chunk.size() == EXPORT_CHUNK);
        });
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

  private static List<Message> page(
      Handle handle, long workspace, long campaign, MessageFilters filter, int after, int limit) {
    return query(handle, "select m.* " + WHERE, workspace, campaign, filter, after, limit)
        .map((row, context) -> message(row))
        .list();
  }

  private static org.jdbi.v3.core.statement.Query query(
      Handle handle,
      String sql,
      long workspace,
      long campaign,
      MessageFilters filter,
      int after,
      int limit) {
    return handle
        .createQuery(sql)
        .bind("workspace", workspace)
        .bind("campaign", campaign)
        .bind("after", after)
        .bind("sets", filter.sets())
        .bind("codes", filter.failureCodes())
        .bind("countries", filter.countries())
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
            .setAnomaly(MessageFilters.isAnomaly(seen));
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

  private static SkipReason orUnspecified(@org.jspecify.annotations.Nullable SkipReason reason) {
    return reason == null ? SkipReason.SKIP_REASON_UNSPECIFIED : reason;
  }

  private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text;
  }

  private static Timestamp timestamp(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(micros / 1_000_000)
        .setNanos((int) (micros % 1_000_000) * 1000)
        .build();
  }
}
