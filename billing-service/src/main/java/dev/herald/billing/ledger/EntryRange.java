package dev.herald.billing.ledger;

/**
 * Entries of a wallet by number. A month is such a range: numbers have no gap and follow time.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record EntryRange(long workspaceId, long from, long to) {}
