package dev.herald.gateway.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The version of a folder of files, from their names and contents: it changes when any of them
 * does.
 */
final class AssetFolder {
  private static final int VERSION_BYTES = 8;

  private AssetFolder() {}

  /**
   * @param folder on the class path, in a directory or in a jar
   * @param more what else the version depends on
   */
  static String version(String folder, List<Optional<String>> more) {
    MessageDigest digest = sha256();
    digest.update(more.toString().getBytes(StandardCharsets.UTF_8));
    URL root = AssetFolder.class.getClassLoader().getResource(folder);
    if (root != null) {
      try {
        add(root.toURI(), digest);
      } catch (URISyntaxException e) {
        throw new IllegalStateException("Not an address: " + root, e);
      } catch (IOException e) {
        throw new UncheckedIOException("The dashboard's files cannot be read.", e);
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
  }

  private static void add(URI root, MessageDigest digest) throws IOException {
    if (root.getScheme().equals("jar")) {
      try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
        add(jar.provider().getPath(root), digest);
      }
    } else {
      add(Path.of(root), digest);
    }
  }

  private static void add(Path root, MessageDigest digest) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        digest.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
