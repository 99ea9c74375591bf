package dev.herald.billing.ledger;

import dev.herald.runtime.HeraldException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A transaction that holds wallets locked: the only place from which money moves. */
public final class OpenBooks {
  private final Handle tx;
  private final Map<Long, Journal> journals;

  OpenBooks(Handle tx, Map<Long, Journal> journals) {
    this.tx = tx;
    this.journals = journals;
  }

  /** The transaction, for what changes together with the entries. */
  public Handle tx() {
    return tx;
  }

  /** The journal of a locked wallet; empty if the workspace has none. */
  public Optional<Journal> journal(long workspaceId) {
    return Optional.ofNullable(journals.get(workspaceId));
  }

  public Journal requiredJournal(long workspaceId) {
    return journal(workspaceId)
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "WALLET_NOT_FOUND", "The workspace " + workspaceId + " has no wallet."));
  }

  Collection<Journal> journals() {
    return journals.values();
  }
}
