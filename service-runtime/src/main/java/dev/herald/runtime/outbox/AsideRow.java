package dev.herald.runtime.outbox;

import java.time.Instant;

/**
 * An outbox row that the receiver keeps refusing. It stays in the table and is tried again alone,
 * at growing intervals.
 */
public record AsideRow(long id, int attempts, Instant nextAttempt, String lastError) {}
