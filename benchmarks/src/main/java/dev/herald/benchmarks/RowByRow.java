package dev.herald.benchmarks;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.benchmarks.Events.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The usual way to take in a status: one transaction that reads the message, decides, and writes
 * the message, the campaign's counter, its series, the workspace's series and the line of its
 * country. The same figures as the analytics service keeps, less the histograms; no network but the
 * database's, prepared statements, one connection.
 */
final class RowByRow implements AutoCloseable {
  private static final String[] COLUMNS = {"sent", "delivered", "read"};

  private final Connection connection;
  private final PreparedStatement find;
  private final PreparedStatement store;
  private final PreparedStatement[] counters = new PreparedStatement[COLUMNS.length];
  private final PreparedStatement[] minutes = new PreparedStatement[COLUMNS.length];
  private final PreparedStatement[] workspaces = new PreparedStatement[COLUMNS.length];
  private final PreparedStatement[] lines = new PreparedStatement[COLUMNS.length];

  RowByRow(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table public.bare_message (
            campaign_id bigint, ordinal int, country text, seen int, at bigint,
            primary key (campaign_id, ordinal));
          create table public.bare_campaign (
            campaign_id bigint primary key, sent int, delivered int, read int);
          create table public.bare_minute (
            campaign_id bigint, minute int, sent int, delivered int, read int,
            primary key (campaign_id, minute));
          create table public.bare_workspace_minute (
            workspace_id bigint, minute int, sent int, delivered int, read int,
            primary key (workspace_id, minute));
          create table public.bare_line (
            campaign_id bigint, country text, sent int, delivered int, read int,
            primary key (campaign_id, country));
          insert into public.bare_campaign values (1, 0, 0, 0);
          """);
    }
    connection.setAutoCommit(false);
    find =
        connection.prepareStatement(
            "select seen from public.bare_message where campaign_id = 1 and ordinal = ? for"
                + " update");
    store =
        connection.prepareStatement(
            """
            insert into public.bare_message values (1, ?, ?, ?, ?)
            on conflict (campaign_id, ordinal) do update
            set seen = excluded.seen, at = least(bare_message.at, excluded.at)
            """);
    for (int i = 0; i < COLUMNS.length; i++) {
      counters[i] =
          connection.prepareStatement(
              "update public.bare_campaign set %1$s = %1$s + 1 where campaign_id = 1"
                  .formatted(COLUMNS[i]));
      minutes[i] = adding("bare_minute", "campaign_id, minute", COLUMNS[i]);
      workspaces[i] = adding("bare_workspace_minute", "workspace_id, minute", COLUMNS[i]);
      lines[i] = adding("bare_line", "campaign_id, country", COLUMNS[i]);
    }
  }

  private PreparedStatement adding(String table, String key, String column) throws SQLException {
    return connection.prepareStatement(
        """
        insert into public.%1$s (%2$s, sent, delivered, read) values (1, ?, 0, 0, 0)
        on conflict (%2$s) do update set %3$s = %1$s.%3$s + 1
        """
            .formatted(table, key, column));
  }

  void merge(Event event, long seconds, String country) throws SQLException {
    int seen = seen(event.ordinal());
    int bit = 1 << event.kind().getNumber();
    if ((seen & bit) == 0) {
      store.setInt(1, event.ordinal());
      store.setString(2, country);
      store.setInt(3, seen | bit);
      store.setLong(4, seconds);
      store.executeUpdate();
      int column = event.kind().getNumber() - EvidenceKind.SENT.getNumber();
      counters[column].executeUpdate();
      minutes[column].setInt(1, (int) (seconds / 60));
      minutes[column].executeUpdate();
      workspaces[column].setInt(1, (int) (seconds / 60));
      workspaces[column].executeUpdate();
      lines[column].setString(1, country);
      lines[column].executeUpdate();
    }
    connection.commit();
  }

  private int seen(int ordinal) throws SQLException {
    find.setInt(1, ordinal);
    try (ResultSet row = find.executeQuery()) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  @Override
  public void close() throws SQLException {
    find.close();
    store.close();
  }
}
