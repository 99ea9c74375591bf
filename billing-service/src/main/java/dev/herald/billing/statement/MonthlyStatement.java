package dev.herald.billing.statement;

import dev.herald.billing.ledger.Entry;
import dev.herald.billing.money.Micros;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;

/**
 * One calendar month (UTC), or a page of its lines: opening + toppedUp + adjusted − charged +
 * refunded = closing.
 *
 * @param opening available + reserved when the month began
 * @param payments top-ups and adjustments, oldest first
 * @param complete whether these lines are the last
 * @param over whether the month is over, so that nothing will change any more
 */
public record MonthlyStatement(
    YearMonth month,
    String currency,
    Micros opening,
    Micros toppedUp,
    Micros adjusted,
    Micros charged,
    Micros refunded,
    Micros closing,
    List<Entry> payments,
    List<StatementLine> lines,
    boolean complete,
    boolean over,
    Instant generatedAt) {}
