package dev.herald.campaign.audience;

import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.message.Columns;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Makes contacts of uploaded audiences. Small ones at once, so that whoever uploads sees them;
 * large ones in the background, in short transactions, from where the last one ended, so that a
 * crash forgets nobody.
 */
public final class ContactImporter {
  private static final int CHUNK = 5000;
  private static final int AT_ONCE = 10_000;

  private final Jdbi jdbi;
  private final ContactStore contacts;
  private final ImportStore imports;

  public ContactImporter(Jdbi jdbi, ContactStore contacts, ImportStore imports) {
    this.jdbi = jdbi;
    this.contacts = contacts;
    this.imports = imports;
  }

  void imported(long audience, int accepted) {
    if (accepted <= AT_ONCE) {
      while (step(Optional.of(audience))) {
        // Until all are contacts.
      }
    }
  }

  /**
   * Takes one step for any audience.
   *
   * @return false when there is nothing to do
   */
  public boolean step() {
    return step(Optional.empty());
  }

  private boolean step(Optional<Long> audience) {
    return jdbi.inTransaction(
        tx -> {
          Optional<ImportStore.ContactWork> found = imports.nextContacts(tx, audience.orElse(0L));
          if (found.isEmpty()) {
            return false;
          }
          ImportStore.ContactWork work = found.get();
          int below = Math.min(work.accepted(), work.done() + CHUNK);
          contacts.upsertFromAudience(
              tx,
              work.workspace(),
              work.audience(),
              work.done(),
              below,
              Columns.of(work.columns()).parameters(),
              work.tags());
          imports.contactsDone(tx, work.audience(), below);
          return true;
        });
  }
}
