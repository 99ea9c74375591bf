package dev.herald.billing.ledger;

import dev.herald.billing.wallet.NoticeStore;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.WalletStore;
import dev.herald.runtime.crash.CrashPoint;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Moves money. One transaction locks the wallets concerned, in order of workspace, lets its work
 * post to their journals, and appends all entries in one statement, from which the database derives
 * the balances. A wallet's lock also protects everything else billing keeps of the workspace.
 */
public final class Ledger {
  private final Jdbi jdbi;
  private final WalletStore wallets;
  private final EntryStore entries;
  private final NoticeStore notices;
  private final InstantSource clock;

  public Ledger(
      Jdbi jdbi,
      WalletStore wallets,
      EntryStore entries,
      NoticeStore notices,
      InstantSource clock) {
    this.jdbi = jdbi;
    this.wallets = wallets;
    this.entries = entries;
    this.notices = notices;
    this.clock = clock;
  }

  /** Runs the work with these wallets locked; everything it does happens, or nothing. */
  public <T> T transact(Collection<Long> workspaceIds, Function<OpenBooks, T> work) {
    T done =
        jdbi.inTransaction(
            tx -> {
              OpenBooks books = open(tx, workspaceIds);
              T result = work.apply(books);
              append(books);
              CrashPoint.reached("billing.ledger.before-commit");
              return result;
            });
    CrashPoint.reached("billing.ledger.committed");
    return done;
  }

  public <T> T transact(long workspaceId, Function<OpenBooks, T> work) {
    return transact(List.of(workspaceId), work);
  }

  private OpenBooks open(Handle tx, Collection<Long> workspaceIds) {
    Map<Long, Journal> journals = new TreeMap<>();
    List<Wallet> locked = wallets.lock(tx, workspaceIds);
    // Asked only now: a wallet's lock may have been long in coming.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    for (Wallet wallet : locked) {
      journals.put(wallet.workspaceId(), new Journal(wallet, now));
    }
    return new OpenBooks(tx, journals);
  }

  private void append(OpenBooks books) {
    List<Entry> added = new ArrayList<>();
    for (Journal journal : books.journals()) {
      added.addAll(journal.entries());
    }
    entries.append(books.tx(), added);
    for (Journal journal : books.journals()) {
      if (!journal.entries().isEmpty()) {
        Wallet before = journal.wallet();
        notices.raise(
            books.tx(), before, journal.available(), before.lowBalanceThreshold(), journal.at());
      }
    }
  }
}
