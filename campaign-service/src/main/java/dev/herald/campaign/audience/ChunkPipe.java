package dev.herald.campaign.audience;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Carries a file from the call that receives it to the thread that reads it. Holds a few chunks at
 * most: when the reader is slower, the sender waits, and so does the client at the other end.
 */
final class ChunkPipe extends InputStream {
  private static final int CHUNKS = 4;
  private static final long SILENCE_SECONDS = 30;
  private static final long STEP_MILLIS = 100;

  private final ArrayBlockingQueue<Part> parts = new ArrayBlockingQueue<>(CHUNKS);
  private ByteString current = ByteString.EMPTY;
  private int position;
  private boolean ended;
  private volatile boolean abandoned;
  private volatile long readBytes;

  private sealed interface Part {
    record Chunk(ByteString bytes) implements Part {}

    record End() implements Part {}

    record Broken() implements Part {}
  }

  /** Waits while the reader is behind; gives up when nobody reads any more. */
  void write(ByteString chunk) throws InterruptedException {
    put(new Part.Chunk(chunk));
  }

  void finish() throws InterruptedException {
    put(new Part.End());
  }

  /** The sender has gone: the reader must not take what came so far for the whole file. */
  void breakOff() throws InterruptedException {
    put(new Part.Broken());
  }

  private void put(Part part) throws InterruptedException {
    while (!abandoned && !parts.offer(part, STEP_MILLIS, TimeUnit.MILLISECONDS)) {
      // Looks again whether anybody still reads.
    }
  }

  /** Nobody will read any more; whatever comes is dropped. */
  void abandon() {
    abandoned = true;
    parts.clear();
  }

  /** Bytes read so far. */
  long readBytes() {
    return readBytes;
  }

  @Override
  public int read() throws IOException {
    return advance() ? current.byteAt(position++) & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, current.size() - position);
    current.substring(position, position + count).copyTo(target, offset);
    position += count;
    return count;
  }

  private boolean advance() throws IOException {
    while (position == current.size()) {
      if (ended) {
        return false;
      }
      Part part = take();
      switch (part) {
        case Part.Chunk chunk -> {
          current = chunk.bytes();
          position = 0;
          // One thread reads; the volatile is for those who watch the progress.
          long soFar = readBytes;
          readBytes = soFar + current.size();
        }
        case Part.End end -> ended = true;
        case Part.Broken broken -> throw new IOException("the upload broke off");
      }
    }
    return true;
  }

  private Part take() throws IOException {
    try {
      Part part = parts.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
      if (part == null) {
        throw new InterruptedIOException("the upload fell silent");
      }
      return part;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
