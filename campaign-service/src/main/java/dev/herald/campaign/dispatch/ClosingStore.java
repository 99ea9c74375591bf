package dev.herald.campaign.dispatch;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.reply.SentMessageStore;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.rules.ContactMessageStore;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.crash.CrashPoint;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The dispatch protocol in the database, second half: what became of a claim. Closing a batch
 * succeeds only for the one who still owns it; a batch whose owner is gone is settled once, as
 * unconfirmed.
 */
public final class ClosingStore {
  private final Jdbi jdbi;
  private final ContactStore contacts;
  private final RecipientStore recipients;
  private final Reports reports;
  private final SentMessageStore sent = new SentMessageStore();
  private final ContactMessageStore messages = new ContactMessageStore();

  public ClosingStore(
      Jdbi jdbi, ContactStore contacts, RecipientStore recipients, Reports reports) {
    this.jdbi = jdbi;
    this.contacts = contacts;
    this.recipients = recipients;
    this.reports = reports;
  }

  /**
   * Stores what a batch came to. If the batch has been settled by somebody else meanwhile, only the
   * facts are stored: what was to be attempted again has been declared unconfirmed, and a person
   * may have decided on it since.
   *
   * @return false if it had been settled
   */
  boolean close(Batch batch, WorkspaceId workspace, Closing closing) {
    boolean owned = jdbi.inTransaction(tx -> close(tx, batch, workspace, closing));
    CrashPoint.reached("campaign.close.committed");
    return owned;
  }

  boolean close(Handle tx, Batch batch, WorkspaceId workspace, Closing closing) {
    boolean owned =
        tx.createUpdate(
                    """
                    delete from dispatch_batch
                     where campaign_id = :campaign and batch_id = :batch and epoch = :epoch
                    """)
                .bind("campaign", batch.campaign().value())
                .bind("batch", batch.id())
                .bind("epoch", batch.epoch())
                .execute()
            > 0;
    reports.evidence(tx, closing.evidence);
    sent.remember(tx, batch.campaign(), closing.sent);
    for (long phone : closing.optOuts) {
      contacts.setOptOut(
          tx,
          workspace,
          new PhoneNumber(phone, dev.herald.campaign.phone.PhoneNumbers.countryOf(phone)),
          true,
          ContactStore.BY_ERROR,
          Instant.now());
    }
    if (!closing.refusedCountries.isEmpty()) {
      tx.createUpdate(
              """
              insert into refused_country (campaign_id, country)
              select :campaign, country from unnest(:countries) as c (country)
              on conflict do nothing
              """)
          .bind("campaign", batch.campaign().value())
          .bindArray("countries", String.class, closing.refusedCountries)
          .execute();
    }
    insertTestResults(tx, batch.campaign(), closing.testResults);
    if (owned) {
      messages.forget(tx, workspace, batch.campaign().value(), closing.unreached);
      insertRetries(tx, batch.campaign(), closing.retries);
      insertUnconfirmed(tx, batch.campaign(), closing.unconfirmed);
    }
    CrashPoint.reached("campaign.close.before-commit");
    return owned;
  }

  private static void insertRetries(Handle tx, CampaignId campaign, List<Closing.Retry> retries) {
    if (retries.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into retry (campaign_id, ordinal, attempts, not_before, rules_version)
            select :campaign, ordinal, attempts, now() + make_interval(secs => delay / 1000.0),
                   version
              from unnest(:ordinals, :attempts, :delays, :versions)
                as r (ordinal, attempts, delay, version)
            on conflict do nothing
            """)
        .bind("campaign", campaign.value())
        .bindArray("ordinals", Integer.class, retries.stream().map(Closing.Retry::ordinal).toList())
        .bindArray(
            "attempts", Integer.class, retries.stream().map(Closing.Retry::attempts).toList())
        .bindArray("delays", Long.class, retries.stream().map(Closing.Retry::delayMillis).toList())
        .bindArray(
            "versions", Long.class, retries.stream().map(Closing.Retry::rulesVersion).toList())
        .execute();
  }

  private static void insertUnconfirmed(
      Handle tx, CampaignId campaign, Collection<Integer> ordinals) {
    if (ordinals.isEmpty()) {
      return;
    }
    tx.createUpdate(
            """
            insert into unconfirmed (campaign_id, ordinal, since)
            select :campaign, ordinal, now() from unnest(:ordinals) as u (ordinal)
            on conflict (campaign_id, ordinal) do update set since = excluded.since
            """)
        .bind("campaign", campaign.value())
        .bindArray("ordinals", Integer.class, ordinals)
        .execute();
  }

  private static void insertTestResults(
      Handle tx, CampaignId campaign, List<Closing.TestResult> results) {
    for (Closing.TestResult result : results) {
      tx.createUpdate(
              """
              insert into test_result (campaign_id, ordinal, accepted, error_code, error_message)
              values (:campaign, :ordinal, :accepted, :code, :message)
              on conflict do nothing
              """)
          .bind("campaign", campaign.value())
          .bind("ordinal", result.ordinal())
          .bind("accepted", result.accepted())
          .bind("code", result.code())
          .bind("message", result.message())
          .execute();
    }
  }

  /**
   * Settles batches whose owner is gone: every message of theirs may have been sent. What statuses
   * prove later outweighs this.
   *
   * @param alive batches of this process that are still being worked on
   * @return how many messages were settled
   */
  int settleLost(Collection<Long> alive, int limit) {
    int settled = jdbi.inTransaction(tx -> settleLost(tx, alive, limit));
    if (settled > 0) {
      CrashPoint.reached("campaign.settle-lost.committed");
    }
    return settled;
  }

  int settleLost(Handle tx, Collection<Long> alive, int limit) {
    record Lost(
        CampaignId campaign,
        WorkspaceId workspace,
        long audience,
        int lot,
        int[] ordinals,
        Instant claimedAt) {}
    List<Lost> lost =
        tx.createQuery(
                """
                with gone as (
                  delete from dispatch_batch
                   where (campaign_id, batch_id) in
                         (select campaign_id, batch_id from dispatch_batch
                           where settle_at < now() and batch_id <> all (:alive)
                           order by settle_at limit :limit
                             for update skip locked)
                  returning campaign_id, ordinals, claimed_at
                )
                select gone.*, c.workspace_id, c.audience_id, c.lot
                  from gone join campaign c using (campaign_id)
                """)
            .bindArray("alive", Long.class, alive)
            .bind("limit", limit)
            .map(
                (row, context) ->
                    new Lost(
                        new CampaignId(row.getLong("campaign_id")),
                        new WorkspaceId(row.getLong("workspace_id")),
                        row.getLong("audience_id"),
                        row.getInt("lot"),
                        Rows.integers(row, "ordinals"),
                        Rows.time(row, "claimed_at")))
            .list();
    int messages = 0;
    for (Lost batch : lost) {
      EvidenceBatch evidence = new EvidenceBatch(batch.workspace(), batch.campaign());
      List<Integer> ordinals = Arrays.stream(batch.ordinals()).boxed().toList();
      recipients
          .named(tx, batch.audience(), ordinals)
          .forEach(
              one ->
                  evidence.add(
                      new Subject(
                          one.ordinal(), one.country(), one.lot() == 0 ? batch.lot() : one.lot()),
                      EvidenceKind.UNCONFIRMED,
                      batch.claimedAt()));
      reports.evidence(tx, evidence);
      insertUnconfirmed(tx, batch.campaign(), ordinals);
      messages += ordinals.size();
      CrashPoint.reached("campaign.settle-lost.before-commit");
    }
    return messages;
  }
}
