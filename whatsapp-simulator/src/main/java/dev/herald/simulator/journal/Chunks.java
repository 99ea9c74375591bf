package dev.herald.simulator.journal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The messages kept in memory, oldest first; those beyond a limit are forgotten. */
final class Chunks implements Iterable<Chunk> {
  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private final int most;
  private long forgotten;

  /**
   * @param limit messages
   */
  Chunks(int limit) {
    this.most = 1 + Math.ceilDiv(limit, Chunk.SIZE);
  }

  /** Where the message of this number is to be written: behind all others. */
  Chunk forNext(long id) {
    Chunk last = chunks.peekLast();
    if (last != null && !last.isFull() && id == last.lastId() + 1) {
      return last;
    }
    Chunk next = new Chunk(id);
    chunks.addLast(next);
    if (chunks.size() > most) {
      forgotten += chunks.removeFirst().size;
    }
    return next;
  }

  /** Where a message is; null if it was never taken, or is forgotten. */
  @Nullable Chunk of(long id) {
    Chunk last = chunks.peekLast();
    if (last == null || id > last.lastId()) {
      return null;
    }
    // Most questions are about recent messages.
    if (id >= last.firstId) {
      return last;
    }
    for (Chunk chunk : chunks) {
      if (id >= chunk.firstId && id <= chunk.lastId()) {
        return chunk;
      }
    }
    return null;
  }

  /** The messages that may be meant by a query for a callback or a recipient, by their number. */
  void candidates(Query query, LongConsumer id) {
    for (Chunk chunk : chunks) {
      if (query.callbackData() != null) {
        byte[] callback = query.callbackData().getBytes(StandardCharsets.UTF_8);
        chunk.rowsOfCallback(callback, row -> id.accept(chunk.firstId + row));
      } else {
        chunk.rowsOfRecipient(query.to().orElseThrow(), row -> id.accept(chunk.firstId + row));
      }
    }
  }

  /** Every message before this one is forgotten. */
  long firstId() {
    return chunks.getFirst().firstId;
  }

  long forgotten() {
    return forgotten;
  }

  /** Messages taken so far, forgotten ones included. */
  long accepted() {
    return forgotten + chunks.stream().mapToLong(chunk -> chunk.size).sum();
  }

  void clear() {
    chunks.clear();
    forgotten = 0;
  }

  @Override
  public Iterator<Chunk> iterator() {
    return chunks.iterator();
  }
}
