package dev.herald.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.stream.LongStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;

/**
 * When this process has written to sockets of one port, as the JVM's flight recorder saw it: what
 * leaves, apart from how long it travels and from what the sender says of itself.
 */
final class Departures implements AutoCloseable {
  private static final String WRITE = "jdk.SocketWrite";
  private static final Instant EPOCH = Instant.EPOCH;

  private final LongStream.Builder micros = LongStream.builder();
  private final RecordingStream recording = new RecordingStream();

  Departures(int port) {
    recording
        .enable(WRITE)
        .withThreshold(Duration.ZERO)
        .withoutStackTrace()
        .with("throttle", "off");
    recording.onEvent(
        WRITE,
        event -> {
          if (event.getInt("port") == port) {
            add(event);
          }
        });
    recording.startAsync();
  }

  private void add(RecordedEvent event) {
    micros.add(ChronoUnit.MICROS.between(EPOCH, event.getEndTime()));
  }

  /** Ends the recording. Times of the writes in microseconds since 1970, ascending. */
  long[] stop() {
    recording.stop();
    long[] times = micros.build().toArray();
    Arrays.sort(times);
    return times;
  }

  @Override
  public void close() {
    recording.close();
  }
}
