package dev.herald.reliability.stack;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A base backup of a running PostgreSQL, from which and from the archived log any later moment can
 * be restored, as docs/backup.md says.
 */
public final class Backup {
  private final Path files;

  private Backup(Path files) {
    this.files = files;
  }

  /** Copies the files of the running server. */
  public static Backup take(Postgres postgres, Path folder) throws IOException, SQLException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('herald', true)");
      copy(postgres.data(), folder);
      try (ResultSet label = statement.executeQuery("select labelfile from pg_backup_stop()")) {
        label.next();
        Files.writeString(folder.resolve("backup_label"), label.getString(1));
      }
    }
    return new Backup(folder);
  }

  /** Puts the backup in the place of a server's files, to be recovered at its next start. */
  void putInPlaceOf(Path data) throws IOException {
    Files.move(data, data.resolveSibling(data.getFileName() + ".lost"));
    Files.move(files, data);
    Files.writeString(data.resolve("recovery.signal"), "");
  }

  // What changes or vanishes meanwhile is made good by the log; the log itself comes from its
  // archive.
  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                folder, to.resolve(from.relativize(folder)), StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean log = from.relativize(file).startsWith("pg_wal");
            if (!log && !file.endsWith("postmaster.pid")) {
              try {
                Files.copy(
                    file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
              } catch (NoSuchFileException e) {
                return FileVisitResult.CONTINUE;
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
