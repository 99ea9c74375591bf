package dev.herald.campaign.audience;

import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
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

  private record Work(
      long audience,
      WorkspaceId workspace,
      int done,
      int accepted,
      List<String> columns,
      List<String> tags) {}

  public ContactImporter(Jdbi jdbi, ContactStore contacts) {
    this.jdbi = jdbi;
    this.contacts = contacts;
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
          Optional<Work> found = next(tx, audience.orElse(0L));
          if (found.isEmpty()) {
            return false;
          }
          Work work = found.get();
          int below = Math.min(work.accepted(), work.done() + CHUNK);
          contacts.upsertFromAudience(
              tx,
              work.workspace(),
              work.audience(),
              work.done(),
              below,
              Columns.of(work.columns()).parameters(),
              work.tags());
          tx.createUpdate(
                  "update audience_import set contacts_done = :done where audience_id = :audience")
              .bind("audience", work.audience())
              .bind("done", below)
              .execute();
          return true;
        });
  }

  private static Optional<Work> next(Handle tx, long audience) {
    return tx.createQuery(
            """
            select * from audience_import
             where state = 'DONE' and contacts_done < accepted
               and (:audience = 0 or audience_id = :audience)
             order by audience_id
             limit 1 for update skip locked
            """)
        .bind("audience", audience)
        .map(
            (row, context) ->
                new Work(
                    row.getLong("audience_id"),
                    new WorkspaceId(row.getLong("workspace_id")),
                    row.getInt("contacts_done"),
                    row.getInt("accepted"),
                    Rows.names(row, "columns"),
                    Rows.names(row, "tags")))
        .findOne();
  }
}
