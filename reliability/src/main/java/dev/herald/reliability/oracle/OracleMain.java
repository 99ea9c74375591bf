package dev.herald.reliability.oracle;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;

/** The oracle as a program: {@code OracleMain RECORD ACKNOWLEDGEMENTS JDBC-URL USER}. */
public final class OracleMain {
  private OracleMain() {}

  public static void main(String[] arguments) throws Exception {
    Oracle oracle = new Oracle(Path.of(arguments[0]), Path.of(arguments[1]));
    try (Connection database = DriverManager.getConnection(arguments[2], arguments[3], "")) {
      database.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      database.setAutoCommit(false);
      List<Violation> violations = oracle.judge(database, campaign -> true);
      violations.forEach(System.out::println);
      System.out.println("oracle violations=" + violations.size());
      if (!violations.isEmpty()) {
        System.exit(1);
      }
    }
  }
}
