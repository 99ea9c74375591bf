package dev.herald.gateway.webhook;

import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc.InboundServiceBlockingStub;
import dev.herald.campaign.v1.ListWebhookSecretsRequest;
import dev.herald.campaign.v1.ListWebhookSecretsResponse;
import dev.herald.campaign.v1.WebhookSecret;
import dev.herald.gateway.security.SealedBox;
import dev.herald.runtime.config.Secret;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of channels with apps of their own. campaign-service has them; a sealed copy lies in
 * our database, so that webhooks are taken in while campaign-service is away.
 */
public final class ChannelSecrets {
  private static final Logger log = LoggerFactory.getLogger(ChannelSecrets.class);
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(5);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);
  private static final int PAGE = 1000;

  private final Jdbi jdbi;
  private final SealedBox box;
  private final InboundServiceBlockingStub campaign;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Map<Long, ChannelSecret> known;
  private long askedAt;

  private record Row(
      long channelId,
      byte[] sealedAppSecret,
      byte[] sealedVerifyToken,
      long workspaceId,
      String wabaId) {}

  /** The channel must carry this service's own token. */
  public ChannelSecrets(Jdbi jdbi, Secret secret, Channel campaign) {
    this.jdbi = jdbi;
    this.box = new SealedBox(secret, "webhook-secrets");
    this.campaign = InboundServiceGrpc.newBlockingStub(campaign);
    this.known = stored();
    this.askedAt = System.nanoTime() - ASK_AGAIN.toNanos();
  }

  /**
   * The channel's secrets; one not known yet is asked for, but not more often than every two
   * seconds.
   */
  Optional<ChannelSecret> find(long channelId) {
    ChannelSecret secret = known.get(channelId);
    if (secret == null && mayAsk()) {
      refresh();
      secret = known.get(channelId);
    }
    return Optional.ofNullable(secret);
  }

  /** Brings our copy up to date; called every half minute. */
  public void refresh() {
    try {
      Map<Long, ChannelSecret> fresh = ask();
      if (!fresh.equals(known)) {
        store(fresh);
        known = fresh;
        log.info("Webhook secrets of channels renewed channels={}", fresh.size());
      }
    } catch (StatusRuntimeException e) {
      log.debug("Webhook secrets could not be asked for status={}", e.getStatus());
    }
  }

  private boolean mayAsk() {
    asking.lock();
    try {
      boolean due = System.nanoTime() - askedAt >= ASK_AGAIN.toNanos();
      if (due) {
        askedAt = System.nanoTime();
      }
      return due;
    } finally {
      asking.unlock();
    }
  }

  private Map<Long, ChannelSecret> ask() {
    Map<Long, ChannelSecret> found = new HashMap<>();
    String pageToken = "";
    do {
      ListWebhookSecretsResponse page =
          campaign
              .withDeadlineAfter(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
              .listWebhookSecrets(
                  ListWebhookSecretsRequest.newBuilder()
                      .setPageSize(PAGE)
                      .setPageToken(pageToken)
                      .build());
      for (WebhookSecret secret : page.getSecretsList()) {
        // An empty secret would let anybody sign.
        if (!secret.getAppSecret().isEmpty()) {
          found.put(secret.getChannelId(), secret(secret));
        }
      }
      pageToken = page.getNextPageToken();
    } while (!pageToken.isEmpty());
    return Map.copyOf(found);
  }

  private static ChannelSecret secret(WebhookSecret secret) {
    return new ChannelSecret(
        secret.getChannelId(),
        new Secret(secret.getAppSecret()),
        new Secret(secret.getVerifyToken()),
        secret.getWorkspaceId(),
        secret.getWabaId());
  }

  private void store(Map<Long, ChannelSecret> fresh) {
    jdbi.useTransaction(
        handle -> {
          List<Long> ids = new ArrayList<>(fresh.keySet());
          handle
              .createUpdate("delete from webhook_secret where channel_id <> all (:ids)")
              .bindArray("ids", Long.class, ids)
              .execute();
          var batch =
              handle.prepareBatch(
                  """
                  insert into webhook_secret
                    (channel_id, sealed_app_secret, sealed_verify_token, workspace_id, waba_id)
                  values (:channel, :appSecret, :verifyToken, :workspace, :waba)
                  on conflict (channel_id) do update set
                    sealed_app_secret = excluded.sealed_app_secret,
                    sealed_verify_token = excluded.sealed_verify_token,
                    workspace_id = excluded.workspace_id,
                    waba_id = excluded.waba_id
                  """);
          fresh.values().stream()
              .sorted((one, other) -> Long.compare(one.channelId(), other.channelId()))
              .forEach(
                  secret ->
                      batch
                          .bind("channel", secret.channelId())
                          .bind("appSecret", box.seal(secret.appSecret().bytes()))
                          .bind("verifyToken", box.seal(secret.verifyToken().bytes()))
                          .bind("workspace", secret.workspaceId())
                          .bind("waba", secret.wabaId())
                          .add());
          if (!fresh.isEmpty()) {
            batch.execute();
          }
        });
  }

  private Map<Long, ChannelSecret> stored() {
    Map<Long, ChannelSecret> found = new HashMap<>();
    jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select channel_id, sealed_app_secret, sealed_verify_token, workspace_id, waba_id
                        from webhook_secret
                        """)
                    .map(ConstructorMapper.of(Row.class))
                    .list())
        .forEach(row -> opened(row).ifPresent(secret -> found.put(row.channelId(), secret)));
    return Map.copyOf(found);
  }

  private Optional<ChannelSecret> opened(Row row) {
    return box.open(row.sealedAppSecret())
        .flatMap(
            app ->
                box.open(row.sealedVerifyToken())
                    .map(
                        verify ->
                            new ChannelSecret(
                                row.channelId(),
                                new Secret(new String(app, StandardCharsets.UTF_8)),
                                new Secret(new String(verify, StandardCharsets.UTF_8)),
                                row.workspaceId(),
                                row.wabaId())));
  }
}
