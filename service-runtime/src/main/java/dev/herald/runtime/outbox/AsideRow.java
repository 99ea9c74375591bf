package dev.herald.runtime.outbox;

/**
 * An outbox row that the receiver keeps refusing. It stays in the table and is tried again alone,
 * at growing intervals.
 *
 * @param nextAttempt on the clock of {@link System#nanoTime()}, which nobody sets
 */
public record AsideRow(long id, int attempts, long nextAttempt, String lastError) {}
