package dev.herald.campaign.channel;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.CheckChannelRequest;
import dev.herald.campaign.v1.CheckChannelResponse;
import dev.herald.campaign.v1.ConnectChannelRequest;
import dev.herald.campaign.v1.ConnectChannelResponse;
import dev.herald.campaign.v1.DisconnectChannelRequest;
import dev.herald.campaign.v1.DisconnectChannelResponse;
import dev.herald.campaign.v1.GetChannelRequest;
import dev.herald.campaign.v1.GetChannelResponse;
import dev.herald.campaign.v1.ListChannelsRequest;
import dev.herald.campaign.v1.ListChannelsResponse;
import dev.herald.campaign.v1.UpdateChannelRequest;
import dev.herald.campaign.v1.UpdateChannelResponse;
import dev.herald.campaign.whatsapp.ChannelAccess;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.whatsapp.NumberInfo;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The gRPC edge of channels. */
public final class ChannelRpc extends ChannelServiceGrpc.ChannelServiceImplBase {
  private static final int DEFAULT_RATE = 80;
  private static final String LIST = "channels.1";
  private static final String CONNECT = "ConnectChannel";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Jdbi jdbi;
  private final ChannelStore store;
  private final CloudApi whatsapp;
  private final RequestLog requests;
  private final SecretBox box;

  public ChannelRpc(
      Jdbi jdbi, ChannelStore store, CloudApi whatsapp, RequestLog requests, SecretBox box) {
    this.jdbi = jdbi;
    this.store = store;
    this.whatsapp = whatsapp;
    this.requests = requests;
    this.box = box;
  }

  @Override
  public void connectChannel(
      ConnectChannelRequest request, StreamObserver<ConnectChannelResponse> answer) {
    Rpc.answer(answer, () -> connect(WorkspaceId.ofCaller(), request));
  }

  private ConnectChannelResponse connect(WorkspaceId workspace, ConnectChannelRequest request) {
    RequestLog.Key key = RequestLog.Key.of(workspace, CONNECT, request.getRequestId(), request);
    Optional<ConnectChannelResponse> repeated =
        jdbi.withHandle(handle -> requests.find(handle, key)).map(bytes -> reopen(key, bytes));
    if (repeated.isPresent()) {
      return repeated.get();
    }
    requireSimulator(request);
    Secret token = token(request.getAccessToken());
    ChannelStore.@Nullable OwnApp app = ownApp(request);
    NumberInfo info =
        whatsapp.number(
            new ChannelAccess(
                request.getSimulated(), request.getPhoneNumberId(), request.getWabaId(), token));
    Channel channel =
        new Channel(
            new ChannelId(Ids.next()),
            workspace,
            request.getName(),
            request.getPhoneNumberId(),
            request.getWabaId(),
            info.displayPhoneNumber(),
            info.verifiedName(),
            info.qualityRating(),
            info.messagingLimitTier(),
            info.throughputLevel(),
            request.getRate() == 0 ? DEFAULT_RATE : request.getRate(),
            request.getSimulated(),
            app != null,
            "",
            Instant.now(),
            Instant.now());
    return jdbi.inTransaction(
        tx -> {
          store.insert(tx, channel, token, app);
          ConnectChannelResponse response =
              ConnectChannelResponse.newBuilder()
                  .setChannel(proto(store.require(tx, workspace, channel.id())))
                  .setVerifyToken(app == null ? "" : app.verifyToken().value())
                  .build();
          requests.store(tx, key, seal(key, response));
          return response;
        });
  }

  // The answer holds a secret, so it is kept like one.
  private byte[] seal(RequestLog.Key key, ConnectChannelResponse response) {
    String text = Base64.getEncoder().encodeToString(response.toByteArray());
    return box.seal(text, "request/" + key.id());
  }

  private ConnectChannelResponse reopen(RequestLog.Key key, byte[] sealed) {
    try {
      String text = box.open(sealed, "request/" + key.id()).value();
      return ConnectChannelResponse.parseFrom(Base64.getDecoder().decode(text));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A stored answer cannot be read.", e);
    }
  }

  private void requireSimulator(ConnectChannelRequest request) {
    if (request.getSimulated() && !whatsapp.hasSimulator()) {
      throw HeraldException.precondition(
          "SIMULATOR_NOT_CONFIGURED", "This installation has no WhatsApp simulator.");
    }
  }

  private static ChannelStore.@Nullable OwnApp ownApp(ConnectChannelRequest request) {
    if (request.getAppSecret().isEmpty()) {
      return null;
    }
    String verifyToken =
        request.getVerifyToken().isEmpty() ? newVerifyToken() : request.getVerifyToken();
    return new ChannelStore.OwnApp(new Secret(request.getAppSecret()), new Secret(verifyToken));
  }

  private static String newVerifyToken() {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  // It becomes an HTTP header: a line break in it would begin another.
  private static Secret token(String text) {
    String token = text.strip();
    boolean printable = token.chars().allMatch(c -> c > ' ' && c < 0x7F);
    if (token.isEmpty() || !printable) {
      throw HeraldException.invalid(
          "access_token", "TOKEN_MALFORMED", "A token has no spaces and only ASCII characters.");
    }
    return new Secret(token);
  }

  @Override
  public void getChannel(GetChannelRequest request, StreamObserver<GetChannelResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            GetChannelResponse.newBuilder()
                .setChannel(proto(require(new ChannelId(request.getChannelId()))))
                .build());
  }

  private Channel require(ChannelId id) {
    WorkspaceId workspace = WorkspaceId.ofCaller();
    return jdbi.withHandle(handle -> store.require(handle, workspace, id));
  }

  @Override
  public void listChannels(
      ListChannelsRequest request, StreamObserver<ListChannelsResponse> answer) {
    Rpc.answer(answer, () -> list(WorkspaceId.ofCaller(), request));
  }

  private ListChannelsResponse list(WorkspaceId workspace, ListChannelsRequest request) {
    int size = PageSize.of(request.getPageSize());
    long from = PageToken.number(LIST, request.getPageToken(), Long.MAX_VALUE);
    List<Channel> found = jdbi.withHandle(handle -> store.list(handle, workspace, from, size + 1));
    ListChannelsResponse.Builder response = ListChannelsResponse.newBuilder();
    found.stream().limit(size).map(ChannelRpc::proto).forEach(response::addChannels);
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(LIST).number(found.get(size - 1).id().value()).token());
    }
    return response.build();
  }

  @Override
  public void updateChannel(
      UpdateChannelRequest request, StreamObserver<UpdateChannelResponse> answer) {
    Rpc.answer(answer, () -> update(WorkspaceId.ofCaller(), request));
  }

  private UpdateChannelResponse update(WorkspaceId workspace, UpdateChannelRequest request) {
    ChannelId id = new ChannelId(request.getChannelId());
    Secret token = request.hasAccessToken() ? token(request.getAccessToken()) : null;
    Channel updated =
        jdbi.inTransaction(
            tx -> {
              Channel channel = store.require(tx, workspace, id);
              store.update(
                  tx,
                  id,
                  request.hasName() ? request.getName() : null,
                  request.hasRate() ? request.getRate() : null,
                  token,
                  newAppSecret(channel, request));
              return store.require(tx, workspace, id);
            });
    return UpdateChannelResponse.newBuilder().setChannel(proto(updated)).build();
  }

  private static @Nullable Secret newAppSecret(Channel channel, UpdateChannelRequest request) {
    if (!request.hasAppSecret()) {
      return null;
    }
    if (!channel.ownApp() || request.getAppSecret().isEmpty()) {
      throw HeraldException.invalid(
          "app_secret",
          "APP_SECRET_FIXED",
          "Whether a number has an app of its own is decided when it is connected; connect it"
              + " again to change that.");
    }
    return new Secret(request.getAppSecret());
  }

  @Override
  public void checkChannel(
      CheckChannelRequest request, StreamObserver<CheckChannelResponse> answer) {
    Rpc.answer(answer, () -> check(WorkspaceId.ofCaller(), new ChannelId(request.getChannelId())));
  }

  private CheckChannelResponse check(WorkspaceId workspace, ChannelId id) {
    ChannelAccess access =
        jdbi.withHandle(
            handle -> {
              store.require(handle, workspace, id);
              return store.access(handle, id).orElseThrow();
            });
    String problem = "";
    try {
      NumberInfo info = whatsapp.number(access);
      jdbi.useHandle(handle -> store.checked(handle, id, info));
    } catch (HeraldException e) {
      problem = e.message();
      String reason = problem;
      jdbi.useHandle(handle -> store.held(handle, id, reason));
    }
    Channel channel = jdbi.withHandle(handle -> store.require(handle, workspace, id));
    return CheckChannelResponse.newBuilder()
        .setChannel(proto(channel))
        .setHealthy(problem.isEmpty())
        .setMessage(problem.isEmpty() ? "WhatsApp answers and accepts the token." : problem)
        .build();
  }

  @Override
  public void disconnectChannel(
      DisconnectChannelRequest request, StreamObserver<DisconnectChannelResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          ChannelId id = new ChannelId(request.getChannelId());
          jdbi.useTransaction(
              tx -> {
                store.require(tx, workspace, id);
                store.disconnect(tx, id);
              });
          return DisconnectChannelResponse.getDefaultInstance();
        });
  }

  static dev.herald.campaign.v1.Channel proto(Channel channel) {
    var proto =
        dev.herald.campaign.v1.Channel.newBuilder()
            .setId(channel.id().value())
            .setName(channel.name())
            .setPhoneNumberId(channel.phoneNumberId())
            .setWabaId(channel.wabaId())
            .setDisplayPhoneNumber(channel.displayPhoneNumber())
            .setVerifiedName(channel.verifiedName())
            .setQualityRating(channel.qualityRating())
            .setMessagingLimitTier(channel.messagingLimitTier())
            .setThroughputLevel(channel.throughputLevel())
            .setRate(channel.rate())
            .setSimulated(channel.simulated())
            .setOwnApp(channel.ownApp())
            .setHeldReason(channel.heldReason())
            .setCreateTime(Protos.timestamp(channel.createdAt()))
            .setWebhookPath(channel.webhookPath());
    if (channel.checkedAt() != null) {
      proto.setCheckTime(Protos.timestamp(channel.checkedAt()));
    }
    return proto.build();
  }
}
