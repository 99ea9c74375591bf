package dev.herald.billing.ledger;

import dev.herald.billing.money.Micros;
import dev.herald.billing.wallet.Wallet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries one transaction adds to one wallet. Holds the wallet locked, so that numbers continue
 * without a gap and every entry knows the balances after it.
 *
 * <p>A sum that does not fit is an {@link ArithmeticException}.
 */
public final class Journal {
  private final Wallet before;
  private final Instant at;
  private final List<Entry> entries = new ArrayList<>();
  private Micros available;
  private Micros reserved;

  /** What {@link #rewind} goes back to. */
  public record Mark(int entries, Micros available, Micros reserved) {}

  Journal(Wallet locked, Instant now) {
    this.before = locked;
    // Entries of a wallet are in order of time, whatever the clocks of several instances say.
    this.at = now.isBefore(locked.updatedAt()) ? locked.updatedAt() : now;
    this.available = locked.available();
    this.reserved = locked.reserved();
  }

  /** The wallet as it was when it was locked. */
  public Wallet wallet() {
    return before;
  }

  /** The time of the transaction's entries. */
  public Instant at() {
    return at;
  }

  public Micros available() {
    return available;
  }

  public Mark mark() {
    return new Mark(entries.size(), available, reserved);
  }

  /** Takes back what was posted since the mark. */
  public void rewind(Mark mark) {
    entries.subList(mark.entries(), entries.size()).clear();
    available = mark.available();
    reserved = mark.reserved();
  }

  /** Posts a movement; nothing is to be posted for an amount of zero. */
  public Entry post(Movement movement, Micros amount, Subject subject) {
    if (!amount.isPositive()) {
      throw new IllegalArgumentException("An entry has a positive amount: " + amount.value());
    }
    Micros availableAfter = available.plus(amount.times(movement.signFor(Account.AVAILABLE)));
    Micros reservedAfter = reserved.plus(amount.times(movement.signFor(Account.RESERVED)));
    Entry entry =
        new Entry(
            before.workspaceId(),
            before.entries() + entries.size() + 1,
            at,
            movement.cause(),
            movement.debit(),
            movement.credit(),
            amount,
            subject,
            availableAfter,
            reservedAfter);
    entries.add(entry);
    available = availableAfter;
    reserved = reservedAfter;
    return entry;
  }

  List<Entry> entries() {
    return entries;
  }
}
