package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The handbook's tables and their keys are those of the migrated database. */
@ExtendWith(SharedStage.class)
class DataModelTest {
  private static final Path HANDBOOK = Path.of("../docs/data-model.md");
  private static final Pattern SCHEMA = Pattern.compile("^## (\\w+)$");
  private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\| `([\\w, ]+)` \\|.*");

  private final Stage stage;

  DataModelTest(Stage stage) {
    this.stage = stage;
  }

  @Test
  void theHandbookListsEveryTableWithItsKey() throws IOException, SQLException {
    assertThat(handbook()).as("docs/data-model.md").isEqualTo(database());
  }

  private static Map<String, String> handbook() throws IOException {
    Map<String, String> keys = new TreeMap<>();
    String schema = "";
    for (String line : Files.readAllLines(HANDBOOK)) {
      Matcher heading = SCHEMA.matcher(line);
      Matcher row = ROW.matcher(line);
      if (heading.matches()) {
        schema = heading.group(1);
      } else if (row.matches()) {
        keys.put(schema + "." + row.group(1), row.group(2));
      }
    }
    return keys;
  }

  private Map<String, String> database() throws SQLException {
    Map<String, String> keys = new TreeMap<>();
    try (Connection superuser = stage.herald().superuser();
        Statement statement = superuser.createStatement();
        // Without the partitions of a table, which are parts of it.
        ResultSet row =
            statement.executeQuery(
                """
                select n.nspname || '.' || c.relname as name,
                       string_agg(a.attname, ', ' order by k.place) as key
                  from pg_class c
                  join pg_namespace n on n.oid = c.relnamespace
                  left join pg_index i on i.indrelid = c.oid and i.indisprimary
                  left join unnest(i.indkey) with ordinality as k (attribute, place) on true
                  left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attribute
                 where n.nspname in ('campaign', 'analytics', 'billing', 'gateway')
                   and c.relkind in ('r', 'p') and not c.relispartition
                   and c.relname <> 'flyway_schema_history'
                 group by 1
                """)) {
      while (row.next()) {
        keys.put(row.getString("name"), row.getString("key"));
      }
    }
    return keys;
  }
}
