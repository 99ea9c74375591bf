package dev.herald.reliability.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/** The list of what Herald has acknowledged: a JSON object a line, written when the answer came. */
public final class Acknowledgements implements AutoCloseable {
  private final ObjectMapper json = new ObjectMapper();
  private final FileChannel file;

  private Acknowledgements(FileChannel file) {
    this.file = file;
  }

  public static Acknowledgements open(Path path) throws IOException {
    return new Acknowledgements(
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE));
  }

  /** Writes one down, with the present time in microseconds. */
  public synchronized void add(String kind, Map<String, ?> facts) {
    Map<String, Object> line = new TreeMap<>(facts);
    line.put("kind", kind);
    line.put("at", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    try {
      byte[] bytes = (json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
