package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Actor;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.contact.ErasureStore;
import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.report.EvidenceBatch.Subject;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.Template;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.database.Database;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the model of the protocol takes for granted of the database, asked of a real PostgreSQL: two
 * transactions of the statements that matter, held open and interleaved by hand.
 */
class InterleavedTransactionsTest {
  private static final int PEOPLE = 6;
  private static final int CAMPAIGNS = 20;
  private static final String LOCK_TIMEOUT = "lock timeout";

  private static Stage stage;
  private static Database database;
  private static Jdbi jdbi;
  private static Channel channel;
  private static CampaignStore campaigns;
  private static Transitions transitions;
  private static BatchStore store;
  private static ClosingStore closings;
  private static LeaseStore leases;

  private static final Deque<CampaignId> live = new ArrayDeque<>();

  private CampaignId campaign;
  private Lease lease;

  @BeforeAll
  static void open() {
    stage = Stage.open(100);
    channel = stage.readyChannel(80);
    database = Database.open(stage.database(), "campaign", new SimpleMeterRegistry());
    jdbi = database.jdbi();
    campaigns = new CampaignStore();
    Reports reports = new Reports();
    transitions = new Transitions(campaigns, reports);
    store = new BatchStore(jdbi, DispatchConfig.of(Duration.ofSeconds(10)));
    closings =
        new ClosingStore(
            jdbi,
            new ContactStore(
                new ErasureStore(
                    new SecretBox(List.of(new Secret(Stage.ENCRYPTION_KEY))), new ReplyStore())),
            new RecipientStore(),
            reports);
    leases = new LeaseStore(jdbi, "this test", Duration.ofMinutes(5));
    launchAll();
  }

  // The channel is ours before a campaign is LIVE, so the service sends nothing of it; then it
  // stops, so that nobody settles or relays but the test.
  private static void launchAll() {
    Lease ours = leases.acquire(new ChannelId(channel.getId())).orElseThrow();
    Template template = stage.template(channel, "simple_news");
    for (int i = 0; i < CAMPAIGNS; i++) {
      long id = stage.draft(channel, template, CampaignType.BROADCAST).getId();
      stage.upload(id, Stage.people(PEOPLE, "first_name"));
      stage.launch(id);
      live.add(new CampaignId(id));
    }
    stage.stopInstances();
    leases.release(ours);
  }

  @AfterAll
  static void close() {
    database.close();
    stage.close();
  }

  @BeforeEach
  void take() {
    campaign = live.remove();
    lease = leases.acquire(new ChannelId(channel.getId())).orElseThrow();
  }

  @AfterEach
  void release() {
    jdbi.useHandle(handle -> handle.execute("delete from dispatch_batch"));
    leases.release(lease);
  }

  @Test
  void aChangeOfStatusWaitsForAClaimThatIsBeingMade() {
    try (Handle claiming = jdbi.open();
        Handle pausing = jdbi.open()) {
      claiming.begin();
      assertThat(claim(claiming, 2)).isInstanceOf(Claim.Claimed.class);

      assertThatThrownBy(() -> impatiently(pausing, tx -> campaigns.lock(tx, campaign)))
          .hasStackTraceContaining(LOCK_TIMEOUT);

      claiming.commit();
      pausing.useTransaction(tx -> change(tx, new Lifecycle.Command.Pause()));
      // So whoever waits for silence after the change sees every claim made before it.
      assertThat(store.underWay(campaign)).isEqualTo(2);
    }
  }

  /** The trap: were the claim to lock like this, a pause would pass it, and count nothing. */
  @Test
  void forKeyShareWouldLetAChangeOfStatusPass() {
    try (Handle claiming = jdbi.open();
        Handle pausing = jdbi.open()) {
      claiming.begin();
      claiming
          .createQuery("select 1 from campaign where campaign_id = :id for key share")
          .bind("id", campaign.value())
          .mapTo(Integer.class)
          .one();
      boolean passed = impatiently(pausing, tx -> campaigns.lock(tx, campaign));
      assertThat(passed).isTrue();
      claiming.rollback();
    }
  }

  @Test
  void aClaimThatWaitedForAPauseIsForbidden() {
    try (Handle pausing = jdbi.open()) {
      pausing.begin();
      change(pausing, new Lifecycle.Command.Pause());
      CompletableFuture<Claim> claim = start(tx -> claim(tx, 2));
      awaitBlockedBy(pausing);

      pausing.commit();

      assertThat(claim.join()).isInstanceOf(Claim.Forbidden.class);
      assertThat(cursor()).isZero();
    }
  }

  @Test
  void aPauseThatIsTakenBackLetsTheWaitingClaimGoOn() {
    try (Handle pausing = jdbi.open()) {
      pausing.begin();
      change(pausing, new Lifecycle.Command.Pause());
      CompletableFuture<Claim> claim = start(tx -> claim(tx, 2));
      awaitBlockedBy(pausing);

      pausing.rollback();

      assertThat(ordinals(claim.join())).containsExactly(0, 1);
    }
  }

  @Test
  void aClaimWhoseTransactionDiesLeavesItsRecipientsToTheNext() {
    try (Handle claiming = jdbi.open()) {
      claiming.begin();
      assertThat(ordinals(claim(claiming, 2))).containsExactly(0, 1);
      claiming.rollback();
    }
    assertThat(ordinals(store.claim(campaign, lease, 2))).containsExactly(0, 1);
  }

  @Test
  void twoClaimsAtOnceNeverGetTheSameRecipient() {
    try (Handle first = jdbi.open()) {
      first.begin();
      assertThat(ordinals(claim(first, 4))).containsExactly(0, 1, 2, 3);
      CompletableFuture<Claim> second = start(tx -> claim(tx, 4));
      awaitBlockedBy(first);

      first.commit();

      assertThat(ordinals(second.join())).containsExactly(4, 5);
    }
  }

  @Test
  void anOwnerWhoseLeaseWasTakenOverCannotClaim() {
    expireLease();
    LeaseStore others = new LeaseStore(jdbi, "somebody else", Duration.ofMinutes(5));
    Lease theirs = others.acquire(lease.channel()).orElseThrow();

    assertThat(store.claim(campaign, lease, 2)).isInstanceOf(Claim.Forbidden.class);
    assertThat(ordinals(store.claim(campaign, theirs, 2))).containsExactly(0, 1);

    others.release(theirs);
  }

  @Test
  void aChannelIsNotTakenOverWhileItsOwnerClaims() {
    try (Handle claiming = jdbi.open();
        Handle taking = jdbi.open()) {
      claiming.begin();
      claim(claiming, 2);

      assertThatThrownBy(
              () ->
                  impatiently(
                      taking,
                      tx ->
                          tx.createUpdate(
                                  "update channel_lease set epoch = epoch + 1 where channel_id ="
                                      + " :id")
                              .bind("id", channel.getId())
                              .execute()))
          .hasStackTraceContaining(LOCK_TIMEOUT);
      claiming.rollback();
    }
  }

  @Test
  void closeAfterSettlementKeepsTheFactsAndQueuesNothing() {
    Batch batch = claimed(2);
    makeOverdue();
    assertThat(closings.settleLost(List.of(), 10)).isEqualTo(2);
    int facts = outbox();

    Closing closing = accepted(batch, 0);
    closing.retries.add(new Closing.Retry(1, 0, 0));

    assertThat(closings.close(batch, workspace(), closing)).isFalse();
    assertThat(queued()).isEmpty();
    assertThat(unconfirmed()).containsExactly(0, 1);
    assertThat(outbox()).isEqualTo(facts + 1);
  }

  @Test
  void aBatchIsSettledOnceWhoeverTries() {
    claimed(2);
    makeOverdue();
    int before = outbox();
    try (Handle first = jdbi.open();
        Handle second = jdbi.open()) {
      first.begin();
      assertThat(settle(first)).isEqualTo(2);
      assertThat((int) impatiently(second, this::settle)).isZero();
      first.commit();
      assertThat((int) impatiently(second, this::settle)).isZero();
    }
    assertThat(unconfirmed()).containsExactly(0, 1);
    assertThat(outbox()).isEqualTo(before + 1);
  }

  @Test
  void aBatchThatIsBeingClosedIsNotSettled() {
    Batch batch = claimed(2);
    makeOverdue();
    try (Handle closing = jdbi.open();
        Handle settling = jdbi.open()) {
      closing.begin();
      Closing unsent = new Closing(evidence());
      unsent.retries.add(new Closing.Retry(0, 0, 0));
      unsent.retries.add(new Closing.Retry(1, 0, 0));
      assertThat(closings.close(closing, batch, workspace(), unsent)).isTrue();
      assertThat((int) impatiently(settling, this::settle)).isZero();
      closing.commit();
    }
    assertThat(queued()).containsExactly(0, 1);
    assertThat(unconfirmed()).isEmpty();
  }

  @Test
  void aCloseThatWaitedForTheSettlementFindsItselfTooLate() {
    Batch batch = claimed(2);
    makeOverdue();
    try (Handle settling = jdbi.open()) {
      settling.begin();
      assertThat(settle(settling)).isEqualTo(2);
      Closing unsent = new Closing(evidence());
      unsent.retries.add(new Closing.Retry(0, 0, 0));
      CompletableFuture<Boolean> closed =
          start(tx -> closings.close(tx, batch, workspace(), unsent));
      awaitBlockedBy(settling);

      settling.commit();

      assertThat(closed.join()).isFalse();
    }
    assertThat(queued()).isEmpty();
    assertThat(unconfirmed()).containsExactly(0, 1);
  }

  @Test
  void aSecondCloseOfTheSameBatchQueuesNothingAgain() {
    Batch batch = claimed(2);
    Closing unsent = new Closing(evidence());
    unsent.retries.add(new Closing.Retry(0, 0, 0));
    unsent.retries.add(new Closing.Retry(1, 0, 0));
    assertThat(closings.close(batch, workspace(), unsent)).isTrue();
    assertThat(ordinals(store.claim(campaign, lease, 2))).containsExactly(0, 1);

    assertThat(closings.close(batch, workspace(), unsent)).isFalse();

    assertThat(queued()).isEmpty();
  }

  @Test
  void theOwnOpenBatchIsNeverSettledByItsProcess() {
    Batch batch = claimed(2);
    makeOverdue();
    assertThat(closings.settleLost(List.of(batch.id()), 10)).isZero();
  }

  @Test
  void anotherProcessLeavesABatchAloneUntilItsTimeIsOver() {
    claimed(2);
    assertThat(closings.settleLost(List.of(), 10)).isZero();
    makeOverdue();
    assertThat(closings.settleLost(List.of(), 10)).isEqualTo(2);
  }

  @Test
  void aCampaignIsNotExhaustedWhileItsLastBatchIsOpen() {
    Batch batch = claimed(PEOPLE);
    assertThat(exhausted()).isFalse();

    Closing last = accepted(batch, 0, 1, 2, 3, 4);
    last.retries.add(new Closing.Retry(5, 0, 0));
    closings.close(batch, workspace(), last);
    assertThat(exhausted()).isFalse();

    Batch again = claimed(1);
    assertThat(exhausted()).isFalse();
    closings.close(again, workspace(), accepted(again, 5));
    assertThat(exhausted()).isTrue();
  }

  /** The order of time limits on which the barrier and the settlement rest. */
  @Test
  void aBatchIsQuietAfterItsLastPossibleAnswerAndSettledAfterThat() {
    DispatchConfig config = DispatchConfig.of(Duration.ofSeconds(10));
    assertThat(config.quietAfter()).isGreaterThan(config.sendWindow().plus(config.sendTimeout()));
    assertThat(config.settleAfter()).isGreaterThan(config.quietAfter());
  }

  private Claim claim(Handle tx, int limit) {
    return store.claim(tx, campaign, lease, limit);
  }

  private Batch claimed(int limit) {
    return ((Claim.Claimed) store.claim(campaign, lease, limit)).batch();
  }

  private static int[] ordinals(Claim claim) {
    return ((Claim.Claimed) claim).batch().ordinals();
  }

  private int settle(Handle tx) {
    return closings.settleLost(tx, List.of(), 10);
  }

  private EvidenceBatch evidence() {
    return new EvidenceBatch(workspace(), campaign);
  }

  private Closing accepted(Batch batch, int... ordinals) {
    Closing closing = new Closing(evidence());
    for (int ordinal : ordinals) {
      closing.evidence.add(new Subject(ordinal, "IN", 0), EvidenceKind.ACCEPTED, batch.claimedAt());
    }
    return closing;
  }

  private static WorkspaceId workspace() {
    return new WorkspaceId(stage.workspace);
  }

  private void change(Handle tx, Lifecycle.Command command) {
    campaigns.lock(tx, campaign);
    Campaign now = campaigns.find(tx, campaign).orElseThrow();
    transitions.apply(
        tx,
        now,
        command,
        new PauseReason(PauseReason.Kind.BY_USER, "A test.", 0, Instant.now()),
        Actor.HERALD);
  }

  private void makeOverdue() {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update dispatch_batch set settle_at = now() - interval '1 minute'
                     where campaign_id = :id
                    """)
                .bind("id", campaign.value())
                .execute());
  }

  private void expireLease() {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate("update channel_lease set expires_at = now() where channel_id = :id")
                .bind("id", channel.getId())
                .execute());
  }

  private boolean exhausted() {
    return jdbi.withHandle(handle -> store.isExhausted(handle, campaign));
  }

  private int cursor() {
    return numbers("select next_ordinal from campaign_cursor where campaign_id = :id").getFirst();
  }

  private List<Integer> queued() {
    return numbers("select ordinal from retry where campaign_id = :id order by ordinal");
  }

  private List<Integer> unconfirmed() {
    return numbers("select ordinal from unconfirmed where campaign_id = :id order by ordinal");
  }

  private int outbox() {
    return numbers("select count(*)::int from outbox where :id > 0").getFirst();
  }

  private List<Integer> numbers(String sql) {
    return jdbi.withHandle(
        handle -> handle.createQuery(sql).bind("id", campaign.value()).mapTo(Integer.class).list());
  }

  private static <T> T impatiently(Handle handle, Function<Handle, T> work) {
    return handle.inTransaction(
        tx -> {
          tx.execute("set local lock_timeout = '300ms'");
          return work.apply(tx);
        });
  }

  private static <T> CompletableFuture<T> start(Function<Handle, T> work) {
    return CompletableFuture.supplyAsync(
            () -> jdbi.inTransaction(work::apply), Executors.newVirtualThreadPerTaskExecutor())
        .orTimeout(20, TimeUnit.SECONDS);
  }

  private static void awaitBlockedBy(Handle holder) {
    int pid = holder.createQuery("select pg_backend_pid()").mapTo(Integer.class).one();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                jdbi.withHandle(
                    handle ->
                        handle
                            .createQuery(
                                """
                                select exists (select from pg_stat_activity
                                                where :pid = any (pg_blocking_pids(pid)))
                                """)
                            .bind("pid", pid)
                            .mapTo(Boolean.class)
                            .one()));
  }
}
