package dev.herald.gateway.link;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.campaign.v1.GetCampaignLinksRequest;
import dev.herald.campaign.v1.GetCampaignLinksResponse;
import dev.herald.campaign.v1.LinkServiceGrpc;
import dev.herald.gateway.link.LinkStore.First;
import dev.herald.gateway.link.LinkStore.Opened;
import dev.herald.gateway.link.LinkStore.Row;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.groupcommit.GroupCommit;
import dev.herald.runtime.grpc.GrpcErrors;
import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.LinkCodec.Link;
import dev.herald.runtime.outbox.Outbox;
import dev.herald.runtime.outbox.OutboxRelay;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.javalin.config.RoutesConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracked links. Where a campaign's links lead is asked of campaign-service once and then known
 * here; openings are stored here before anything else, and told to analytics-service when it is
 * there. So a link works while the services behind are away.
 */
public final class Links implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Links.class);
  private static final String TOPIC = "clicks";
  private static final int RELAYED = 500;
  private static final int MOST_AT_ONCE = 500;
  private static final int MOST_WAITING = 20_000;
  private static final int KNOWN = 10_000;
  private static final long ASK_SECONDS = 2;
  private static final long TELL_SECONDS = 10;

  private final Jdbi jdbi;
  private final LinkStore store = new LinkStore();
  private final LinkCodec codec;
  private final LinkServiceGrpc.LinkServiceBlockingStub campaigns;
  private final EvidenceServiceGrpc.EvidenceServiceBlockingStub analytics;
  private final Cache<Long, List<Row>> known = Caffeine.newBuilder().maximumSize(KNOWN).build();
  private final GroupCommit<Opening, Boolean> commits;
  private final OutboxRelay relay;
  private final LinkRoutes routes;

  /** The channels must carry this service's own token. */
  public Links(
      Jdbi jdbi,
      List<Secret> messageKeySecrets,
      Channel campaign,
      Channel analytics,
      MeterRegistry metrics) {
    this.jdbi = jdbi;
    this.codec = new LinkCodec(messageKeySecrets);
    this.campaigns = LinkServiceGrpc.newBlockingStub(campaign);
    this.analytics = EvidenceServiceGrpc.newBlockingStub(analytics);
    this.commits = new GroupCommit<>(TOPIC, MOST_AT_ONCE, MOST_WAITING, this::store, metrics);
    this.relay = new OutboxRelay(jdbi, TOPIC, RELAYED, this::tell, metrics).start();
    this.routes = new LinkRoutes(this, metrics);
  }

  public void register(RoutesConfig config) {
    routes.register(config);
  }

  public LinkRpc rpc() {
    return new LinkRpc(this);
  }

  /** The link that a token names; empty unless we made the token. */
  Optional<Link> read(String token) {
    return codec.read(token);
  }

  /** Where it leads; empty for a link that its campaign does not have. */
  Optional<String> target(Link link) {
    List<Row> rows = known.get(link.message().campaign(), this::learn);
    return link.index() >= 0 && link.index() < rows.size()
        ? Optional.of(rows.get(link.index()).target())
        : Optional.empty();
  }

  /**
   * A campaign's links with what became of them; empty if it has none.
   *
   * @throws HeraldException NOT_FOUND unless the campaign is this workspace's
   */
  List<Row> counted(long workspace, long campaign) {
    List<Row> kept = kept(campaign);
    if (!kept.isEmpty()) {
      if (kept.getFirst().workspace() != workspace) {
        throw notFound();
      }
      return kept;
    }
    if (ask(campaign).filter(answer -> answer.getWorkspaceId() == workspace).isEmpty()) {
      throw notFound();
    }
    return kept(campaign);
  }

  private static HeraldException notFound() {
    return HeraldException.notFound("CAMPAIGN_NOT_FOUND", "There is no such campaign.");
  }

  private List<Row> kept(long campaign) {
    return jdbi.withHandle(handle -> store.of(handle, campaign));
  }

  private List<Row> learn(long campaign) {
    List<Row> kept = kept(campaign);
    if (kept.isEmpty() && ask(campaign).isPresent()) {
      return kept(campaign);
    }
    return kept;
  }

  // Whose campaign it is; where its links lead is kept.
  private Optional<GetCampaignLinksResponse> ask(long campaign) {
    try {
      GetCampaignLinksResponse answer =
          campaigns
              .withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS)
              .getCampaignLinks(
                  GetCampaignLinksRequest.newBuilder().setCampaignId(campaign).build());
      if (answer.getTargetsCount() > 0) {
        jdbi.useTransaction(
            tx -> store.keep(tx, campaign, answer.getWorkspaceId(), answer.getTargetsList()));
      }
      return Optional.of(answer);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw GrpcErrors.fromStatus(e);
    }
  }

  /** Stores an opening; returns when it is committed. */
  void opened(Opening opening) {
    commits.submit(opening);
  }

  private List<Boolean> store(List<Opening> openings) {
    Map<First, Opened> merged = new LinkedHashMap<>();
    Map<First, Link> links = new LinkedHashMap<>();
    for (Opening opening : openings) {
      Link link = opening.link();
      First key =
          new First(
              link.message().campaign(), Math.toIntExact(link.message().ordinal()), link.index());
      links.put(key, link);
      merged.merge(key, opened(key, opening), Links::together);
    }
    jdbi.useTransaction(tx -> tellLater(tx, store.add(tx, merged.values()), merged, links));
    return Collections.nCopies(openings.size(), true);
  }

  private static Opened opened(First key, Opening opening) {
    int one = opening.byProgram() ? 0 : 1;
    return new Opened(key.campaign(), key.ordinal(), key.place(), opening.time(), one, 1 - one);
  }

  private static Opened together(Opened one, Opened other) {
    return new Opened(
        one.campaign(),
        one.ordinal(),
        one.place(),
        one.first().isBefore(other.first()) ? one.first() : other.first(),
        one.clicks() + other.clicks(),
        one.previews() + other.previews());
  }

  private void tellLater(
      Handle tx, List<First> first, Map<First, Opened> merged, Map<First, Link> links) {
    Map<Long, Long> workspaces =
        first.stream()
            .map(First::campaign)
            .distinct()
            .collect(Collectors.toMap(id -> id, id -> store.of(tx, id).getFirst().workspace()));
    Outbox.appendAll(
        tx,
        TOPIC,
        first.stream()
            .map(
                one -> {
                  Link link = java.util.Objects.requireNonNull(links.get(one));
                  Opened opened = java.util.Objects.requireNonNull(merged.get(one));
                  return Evidence.newBuilder()
                      .setWorkspaceId(
                          java.util.Objects.requireNonNull(workspaces.get(one.campaign())))
                      .setCampaignId(one.campaign())
                      .setOrdinal(one.ordinal())
                      .setCountry(link.message().country())
                      .setLot(link.message().lot())
                      .setKind(EvidenceKind.CLICKED)
                      .setTime(Timestamps.fromMillis(opened.first().toEpochMilli()))
                      .build()
                      .toByteArray();
                })
            .toList());
  }

  private void tell(List<byte[]> payloads) throws InvalidProtocolBufferException {
    RecordEvidenceRequest.Builder request = RecordEvidenceRequest.newBuilder();
    for (byte[] payload : payloads) {
      request.addEvidence(Evidence.parseFrom(payload));
    }
    try {
      analytics
          .withDeadlineAfter(TELL_SECONDS, TimeUnit.SECONDS)
          .recordEvidence(request.build())
          .getRejectionsList()
          .forEach(no -> log.error("Analytics refused a click reason={}", no.getReason()));
    } catch (StatusRuntimeException e) {
      throw GrpcErrors.fromStatus(e);
    }
  }

  /** Stores what was opened, then stops telling. */
  @Override
  public void close() {
    commits.close();
    relay.close();
  }
}
