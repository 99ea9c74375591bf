package dev.herald.billing.ledger;

import dev.herald.billing.money.Micros;
import java.time.Instant;

/**
 * One movement of money, as it stands in the ledger for ever.
 *
 * @param number 1, 2, 3 … within the workspace, without a gap
 * @param createdAt never earlier than that of the entry before
 */
public record Entry(
    long workspaceId,
    long number,
    Instant createdAt,
    Cause cause,
    Account debit,
    Account credit,
    Micros amount,
    Subject subject,
    Micros availableAfter,
    Micros reservedAfter) {}
