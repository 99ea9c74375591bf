package dev.herald.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Puts a large campaign straight into the analytics tables, as if three statuses of each message
 * had been merged: rows, counters, lines, series, blocks and histograms agree with each other.
 */
final class Loading {
  private Loading() {}

  static void messages(Lab lab, long campaignId, int messages) throws SQLException {
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path = analytics");
      for (String sql : STATEMENTS) {
        statement.execute(
            sql.replace(":campaign", Long.toString(campaignId))
                .replace(":messages", Integer.toString(messages)));
      }
    }
  }

  // Sent a thousand a second from the start on, delivered 5 and read 10 seconds later; one in ten
  // is
  // not read, one in a hundred failed.
  private static final String[] STATEMENTS = {
    """
    insert into message (campaign_id, ordinal, lot, evidence, country, failure_code, failure_title,
      failure_details, sent_at, delivered_at, read_at, failed_at)
    select :campaign, i, 0,
      case when i % 100 = 7 then 4 | 32 when i % 10 = 0 then 4 | 8 else 4 | 8 | 16 end,
      (array['IN', 'US', 'BR', 'DE', 'ID'])[i % 5 + 1],
      case when i % 100 = 7 then 131026 end, case when i % 100 = 7 then 'Undeliverable' end,
      case when i % 100 = 7 then '' end,
      at, case when i % 100 <> 7 then at + 5000000 end,
      case when i % 100 <> 7 and i % 10 <> 0 then at + 10000000 end,
      case when i % 100 = 7 then at + 5000000 end
    from (select i, extract(epoch from date_trunc('hour', now()))::bigint * 1000000 - 86400000000
        + i * 1000::bigint as at
      from generate_series(0, :messages - 1) as i) d
    """,
    """
    insert into message_block
    select campaign_id, ordinal >> 12, country, evidence, count(*), min(sent_at), max(sent_at)
    from message where campaign_id = :campaign group by 1, 2, 3, 4
    """,
    """
    insert into campaign_line (campaign_id, country, lot, submitted, sent, delivered, read, failed,
      released_on_sent, released_on_delivered, version)
    select :campaign, country, 0, sum(n * submitted), sum(n * sent), sum(n * delivered),
      sum(n * read), sum(n * failed), sum(n * released_on_sent), sum(n * released_on_delivered), 1
    from (select country, evidence, sum(messages) as n from message_block
      where campaign_id = :campaign group by 1, 2) d join evidence_meaning using (evidence)
    group by country
    """,
    """
    insert into campaign_minute
    select :campaign, minute, sum(submitted), sum(sent), sum(delivered), sum(read), sum(failed), 0, 0
    from (
      select sent_at / 60000000 as minute, count(*) as submitted,
        count(*) filter (where failed_at is null) as sent, 0 as delivered, 0 as read, 0 as failed
      from message where campaign_id = :campaign group by 1
      union all
      select coalesce(delivered_at, failed_at) / 60000000, 0, 0, count(delivered_at), 0,
        count(failed_at)
      from message where campaign_id = :campaign group by 1
      union all
      select read_at / 60000000, 0, 0, 0, count(*), 0
      from message where campaign_id = :campaign and read_at is not null group by 1
    ) d group by 2
    """,
    """
    insert into failure_reason (campaign_id, code, messages)
    select :campaign, failure_code, count(*) from message
    where campaign_id = :campaign and failure_code is not null group by 2
    """,
    """
    insert into campaign_duration
    select :campaign, 1, 90, count(*) from message
    where campaign_id = :campaign and delivered_at is not null
    union all
    select :campaign, 2, 97, count(*) from message
    where campaign_id = :campaign and read_at is not null
    """,
    """
    update campaign c
    set submitted = d.submitted, sent = d.sent, delivered = d.delivered, read = d.read,
      failed = d.failed, version = version + 1, changed_by = pg_current_xact_id()
    from (select sum(submitted) as submitted, sum(sent) as sent, sum(delivered) as delivered,
        sum(read) as read, sum(failed) as failed
      from campaign_line where campaign_id = :campaign) d
    where campaign_id = :campaign
    """,
    "analyze message",
    "analyze message_block"
  };
}
