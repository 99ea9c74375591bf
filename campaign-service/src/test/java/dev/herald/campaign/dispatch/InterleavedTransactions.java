package dev.herald.campaign.dispatch;

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

/** Transactions of the dispatch protocol, held open at will on a real database. */
abstract class InterleavedTransactions {

  static final int PEOPLE = 6;

  static final int CAMPAIGNS = 20;

  static final String LOCK_TIMEOUT = "lock timeout";

  static Stage stage;

  static Database database;

  static Jdbi jdbi;

  static Channel channel;

  static CampaignStore campaigns;

  static Transitions transitions;

  static BatchStore store;

  static ClosingStore closings;

  static LeaseStore leases;

  static final Deque<CampaignId> live = new ArrayDeque<>();

  CampaignId campaign;

  Lease lease;

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
  static void launchAll() {
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

  Claim claim(Handle tx, int limit) {
    return store.claim(tx, campaign, lease, limit);
  }

  Batch claimed(int limit) {
    return ((Claim.Claimed) store.claim(campaign, lease, limit)).batch();
  }

  static int[] ordinals(Claim claim) {
    return ((Claim.Claimed) claim).batch().ordinals();
  }

  int settle(Handle tx) {
    return closings.settleLost(tx, List.of(), 10);
  }

  EvidenceBatch evidence() {
    return new EvidenceBatch(workspace(), campaign);
  }

  Closing accepted(Batch batch, int... ordinals) {
    Closing closing = new Closing(evidence());
    for (int ordinal : ordinals) {
      closing.evidence.add(new Subject(ordinal, "IN", 0), EvidenceKind.ACCEPTED, batch.claimedAt());
    }
    return closing;
  }

  static WorkspaceId workspace() {
    return new WorkspaceId(stage.workspace);
  }

  void change(Handle tx, Lifecycle.Command command) {
    campaigns.lock(tx, campaign);
    Campaign now = campaigns.find(tx, campaign).orElseThrow();
    transitions.apply(
        tx,
        now,
        command,
        new PauseReason(PauseReason.Kind.BY_USER, "A test.", 0, Instant.now()),
        Actor.HERALD);
  }

  void makeOverdue() {
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

  void expireLease() {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate("update channel_lease set expires_at = now() where channel_id = :id")
                .bind("id", channel.getId())
                .execute());
  }

  boolean exhausted() {
    return jdbi.withHandle(handle -> store.isExhausted(handle, campaign));
  }

  int cursor() {
    return numbers("select next_ordinal from campaign_cursor where campaign_id = :id").getFirst();
  }

  List<Integer> queued() {
    return numbers("select ordinal from retry where campaign_id = :id order by ordinal");
  }

  List<Integer> unconfirmed() {
    return numbers("select ordinal from unconfirmed where campaign_id = :id order by ordinal");
  }

  int outbox() {
    return numbers("select count(*)::int from outbox where :id > 0").getFirst();
  }

  List<Integer> numbers(String sql) {
    return jdbi.withHandle(
        handle -> handle.createQuery(sql).bind("id", campaign.value()).mapTo(Integer.class).list());
  }

  static <T> T impatiently(Handle handle, Function<Handle, T> work) {
    return handle.inTransaction(
        tx -> {
          tx.execute("set local lock_timeout = '300ms'");
          return work.apply(tx);
        });
  }

  static <T> CompletableFuture<T> start(Function<Handle, T> work) {
    return CompletableFuture.supplyAsync(
            () -> jdbi.inTransaction(work::apply), Executors.newVirtualThreadPerTaskExecutor())
        .orTimeout(20, TimeUnit.SECONDS);
  }

  static void awaitBlockedBy(Handle holder) {
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
