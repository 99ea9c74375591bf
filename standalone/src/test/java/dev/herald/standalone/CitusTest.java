package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/citus.md says of keys is so in the real schema; the script does no harm elsewhere. */
@ExtendWith(SharedStage.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CitusTest {
  private static final Path PAGE = Path.of("../docs/citus.md");
  private static final Path SCRIPT = Path.of("../deploy/citus/distribute.sql");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+)\\.(\\w+)` \\| `(\\w+)` \\| (?:`(\\w+\\.\\w+)` )?\\|$");

  private final Stage stage;

  CitusTest(Stage stage) {
    this.stage = stage;
  }

  @Test
  void everyUniqueKeyOfADistributedTableHoldsTheColumnItIsDistributedBy() throws Exception {
    List<MatchResult> rows = ROW.matcher(Files.readString(PAGE)).results().toList();
    assertThat(rows).hasSizeGreaterThan(15);
    List<String> wrong = new ArrayList<>();
    try (Connection database = stage.herald().superuser()) {
      for (MatchResult row : rows) {
        String column = row.group(3);
        List<String> keys = uniqueKeys(database, row.group(1), row.group(2));
        if (keys.isEmpty()) {
          wrong.add(row.group() + ": no such table, or none of its keys is unique");
        }
        keys.stream()
            .filter(key -> !List.of(key.split(",")).contains(column))
            .forEach(key -> wrong.add(row.group() + ": a unique key is " + key));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static List<String> uniqueKeys(Connection database, String schema, String table)
      throws SQLException {
    try (PreparedStatement query =
        database.prepareStatement(
            """
            select string_agg(a.attname, ',')
              from pg_index i
              join pg_class t on t.oid = i.indrelid
              join pg_namespace n on n.oid = t.relnamespace
              join pg_attribute a on a.attrelid = t.oid and a.attnum = any (i.indkey)
             where i.indisunique and n.nspname = ? and t.relname = ?
             group by i.indexrelid
            """)) {
      query.setString(1, schema);
      query.setString(2, table);
      List<String> keys = new ArrayList<>();
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          keys.add(found.getString(1));
        }
      }
      return keys;
    }
  }

  @Test
  void theScriptChangesNothingWhereCitusIsNotInstalled() throws SQLException, IOException {
    try (Connection database = stage.herald().superuser();
        Statement statement = database.createStatement()) {
      statement.execute(Files.readString(SCRIPT));
      SQLWarning notice = statement.getWarnings();
      assertThat(notice == null ? "" : notice.getMessage()).contains("nothing is distributed");
    }
  }
}
