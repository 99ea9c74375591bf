package dev.herald.standalone;

import dev.herald.runtime.process.StartException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The folder a standalone Herald keeps: database files, secrets made on the first start (readable
 * by their owner only), the API key and the sample audience. One process uses it at a time.
 */
final class DataDirectory implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path root;
  private final FileChannel lockFile;
  private final Properties secrets;

  private DataDirectory(Path root, FileChannel lockFile, Properties secrets) {
    this.root = root;
    this.lockFile = lockFile;
    this.secrets = secrets;
  }

  static DataDirectory open(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
      ownerOnly(root, "rwx------");
      FileChannel lockFile =
          FileChannel.open(
              root.resolve("herald.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(lockFile)) {
        lockFile.close();
        throw new StartException(
            "Another Herald is running on the folder "
                + root
                + ". Stop it first, or choose another folder with HERALD_DATA_DIR.");
      }
      return new DataDirectory(root, lockFile, load(root.resolve("secrets.properties")));
    } catch (IOException e) {
      throw new StartException(
          "The data folder " + root + " cannot be used: " + e.getMessage() + ".", e);
    }
  }

  Path root() {
    return root;
  }

  Path database() {
    return root.resolve("postgresql");
  }

  Path databaseBinaries() {
    return root.resolve("postgresql-binaries");
  }

  Path databaseLog() {
    return root.resolve("postgresql.log");
  }

  Path apiKeyFile() {
    return root.resolve("api-key");
  }

  Path sampleAudience() {
    return root.resolve("sample-audience.csv");
  }

  Path simulatorJournal() {
    return root.resolve("simulator-journal");
  }

  /** A secret of this installation, made when first asked for: 32 random bytes in hexadecimal. */
  synchronized String secret(String name) {
    String known = secrets.getProperty(name);
    if (known != null) {
      return known;
    }
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    String made = HexFormat.of().formatHex(bytes);
    secrets.setProperty(name, made);
    save();
    return made;
  }

  /** Writes a file that only its owner can read, whole or not at all. */
  void writePrivate(Path file, String content) {
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(draft, content);
      ownerOnly(draft, "rw-------");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void save() {
    Path file = root.resolve("secrets.properties");
    Path draft = root.resolve("secrets.properties.new");
    try {
      Files.deleteIfExists(draft);
      Files.createFile(draft);
      ownerOnly(draft, "rw-------");
      try (Writer out = Files.newBufferedWriter(draft)) {
        secrets.store(out, "Secrets of this installation. Whoever has them can read its channels.");
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties load(Path file) throws IOException {
    Properties secrets = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        secrets.load(in);
      }
    }
    return secrets;
  }

  private static boolean locked(FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void ownerOnly(Path path, String permissions) throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }
}
