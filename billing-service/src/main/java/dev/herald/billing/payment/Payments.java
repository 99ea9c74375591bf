package dev.herald.billing.payment;

import dev.herald.billing.ledger.Account;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.EntryStore;
import dev.herald.billing.ledger.Journal;
import dev.herald.billing.ledger.Ledger;
import dev.herald.billing.ledger.Movement;
import dev.herald.billing.ledger.Subject;
import dev.herald.billing.money.Micros;
import dev.herald.billing.wallet.Wallet;
import dev.herald.runtime.HeraldException;
import java.util.Optional;

/**
 * Money that comes in or is corrected; each request moves it once, however often it is repeated.
 */
public final class Payments {
  /** The most one payment can move: a thousand million units. */
  public static final Micros MAX_AMOUNT = Micros.of(1_000_000_000L * Micros.PER_UNIT);

  private final Ledger ledger;
  private final EntryStore entries;

  public Payments(Ledger ledger, EntryStore entries) {
    this.ledger = ledger;
    this.entries = entries;
  }

  /** What a caller asks for. */
  public record Request(String requestId, String currency, Micros amount, String note) {}

  /** Adds money from outside. */
  public Entry topUp(long workspaceId, Request request) {
    if (!request.amount().isPositive()) {
      throw HeraldException.invalid(
          "amount.micros", "AMOUNT_NOT_POSITIVE", "A top-up adds a positive amount.");
    }
    return pay(workspaceId, request, Movement.TOP_UP);
  }

  /** Corrects the books by an operator's decision; a negative amount takes money out. */
  public Entry adjust(long workspaceId, Request request) {
    if (request.amount().equals(Micros.ZERO)) {
      throw HeraldException.invalid(
          "amount.micros", "AMOUNT_ZERO", "An adjustment adds or takes something.");
    }
    if (request.note().isBlank()) {
      throw HeraldException.invalid("note", "NOTE_MISSING", "An adjustment needs a reason.");
    }
    return pay(
        workspaceId,
        request,
        request.amount().isPositive() ? Movement.ADJUSTMENT_UP : Movement.ADJUSTMENT_DOWN);
  }

  private Entry pay(long workspaceId, Request request, Movement movement) {
    Micros amount = requireBounded(request.amount());
    try {
      return ledger.transact(
          workspaceId,
          books -> {
            Journal journal = books.requiredJournal(workspaceId);
            requireCurrency(journal.wallet(), request.currency());
            Optional<Entry> done =
                entries.findRequest(books.tx(), workspaceId, request.requestId());
            if (done.isPresent()) {
              return requireSame(done.get(), request, amount, movement);
            }
            if (movement.credit() == Account.AVAILABLE) {
              requireRoom(journal.wallet(), amount);
            }
            return journal.post(
                movement, amount, new Subject.Payment(request.requestId(), request.note()));
          });
    } catch (ArithmeticException e) {
      throw tooLarge("The wallet cannot hold that much.");
    }
  }

  private static Micros requireBounded(Micros amount) {
    if (amount.value() < -MAX_AMOUNT.value() || amount.value() > MAX_AMOUNT.value()) {
      throw tooLarge(
          "One payment moves at most %s units.".formatted(MAX_AMOUNT.value() / Micros.PER_UNIT));
    }
    return Micros.of(Math.abs(amount.value()));
  }

  private static void requireCurrency(Wallet wallet, String currency) {
    if (!wallet.currency().equals(currency)) {
      throw HeraldException.invalid(
          "amount.currency",
          "CURRENCY_MISMATCH",
          "The wallet is kept in %s, not in %s.".formatted(wallet.currency(), currency));
    }
  }

  // Half of 64 bits at most, so that no sum of accounts can leave them.
  private static void requireRoom(Wallet wallet, Micros amount) {
    Micros paidIn = wallet.toppedUp().plus(wallet.adjusted()).plus(amount);
    if (paidIn.value() > Long.MAX_VALUE / 2) {
      throw tooLarge("The wallet cannot hold that much.");
    }
  }

  private static Entry requireSame(Entry done, Request request, Micros amount, Movement movement) {
    boolean same =
        done.cause() == movement.cause()
            && done.debit() == movement.debit()
            && done.amount().equals(amount)
            && done.subject() instanceof Subject.Payment payment
            && payment.note().equals(request.note());
    if (!same) {
      throw HeraldException.alreadyExists(
          "REQUEST_ID_REUSED",
          "The request_id %s was used for another payment. Choose a new one."
              .formatted(request.requestId()));
    }
    return done;
  }

  private static HeraldException tooLarge(String message) {
    return HeraldException.invalid("amount.micros", "AMOUNT_TOO_LARGE", message);
  }
}
