package dev.herald.campaign.inbound;

import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.TemplateGuard;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.template.TemplateStore;
import dev.herald.campaign.v1.InboundRejection;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ListWebhookSecretsRequest;
import dev.herald.campaign.v1.ListWebhookSecretsResponse;
import dev.herald.campaign.v1.PutWorkspaceRequest;
import dev.herald.campaign.v1.PutWorkspaceResponse;
import dev.herald.campaign.v1.RecordInboundRequest;
import dev.herald.campaign.v1.RecordInboundResponse;
import dev.herald.campaign.v1.ResolveChannelsRequest;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.campaign.v1.WebhookSecret;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.campaign.workspace.WorkspaceStore;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.database.DatabaseErrors;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The gRPC edge for the gateway's webhook applier. */
public final class InboundRpc extends InboundServiceGrpc.InboundServiceImplBase {
  private static final String SECRETS = "webhook-secrets.1";
  private static final int MAX_EVENTS = 1000;
  private static final int PAGE = 500;

  private final Jdbi jdbi;
  private final ChannelStore channels;
  private final CampaignStore campaigns;
  private final WorkspaceStore workspaces;
  private final Reports reports;
  private final Inbound inbound;

  public InboundRpc(
      Jdbi jdbi,
      ChannelStore channels,
      TemplateStore templates,
      TemplateGuard templateGuard,
      RecipientStore recipients,
      ContactStore contacts,
      CampaignStore campaigns,
      WorkspaceStore workspaces,
      Transitions transitions,
      Reports reports,
      AnalyticsClient analytics,
      MessageKeyCodec keys,
      Keywords keywords,
      Duration replyWindow,
      ReplyStore replies,
      Sending sending) {
    this.jdbi = jdbi;
    this.channels = channels;
    this.campaigns = campaigns;
    this.workspaces = workspaces;
    this.reports = reports;
    this.inbound =
        new Inbound(
            jdbi,
            channels,
            templates,
            templateGuard,
            recipients,
            contacts,
            campaigns,
            transitions,
            reports,
            analytics,
            keys,
            keywords,
            replyWindow,
            replies,
            sending);
  }

  @Override
  public void recordInbound(
      RecordInboundRequest request, StreamObserver<RecordInboundResponse> answer) {
    Rpc.answer(answer, () -> record(request));
  }

  private RecordInboundResponse record(RecordInboundRequest request) {
    if (request.getEventsCount() > MAX_EVENTS) {
      throw HeraldException.invalid(
          "events", "BATCH_TOO_LARGE", "At most " + MAX_EVENTS + " events at a time.");
    }
    RecordInboundResponse.Builder response = RecordInboundResponse.newBuilder();
    for (int i = 0; i < request.getEventsCount(); i++) {
      try {
        inbound.apply(request.getEvents(i));
      } catch (HeraldException e) {
        if (e.kind() != HeraldException.Kind.INVALID) {
          throw e;
        }
        response.addRejections(rejection(i, e.reason(), e.message()));
      } catch (RuntimeException e) {
        if (!DatabaseErrors.isDataError(e)) {
          throw e;
        }
        response.addRejections(
            rejection(i, "NOT_STORABLE", "The event holds a value that cannot be stored."));
      }
    }
    return response.build();
  }

  private static InboundRejection rejection(int index, String reason, String message) {
    return InboundRejection.newBuilder()
        .setIndex(index)
        .setReason(reason)
        .setMessage(message)
        .build();
  }

  @Override
  public void resolveChannels(
      ResolveChannelsRequest request, StreamObserver<ResolveChannelsResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          ResolveChannelsResponse.Builder response = ResolveChannelsResponse.newBuilder();
          jdbi.withHandle(handle -> channels.byNumbers(handle, request.getPhoneNumberIdsList()))
              .forEach(
                  channel ->
                      response.addChannels(
                          ResolvedChannel.newBuilder()
                              .setPhoneNumberId(channel.phoneNumberId())
                              .setChannelId(channel.id().value())
                              .setWorkspaceId(channel.workspace().value())
                              .setOwnApp(channel.ownApp())));
          return response.build();
        });
  }

  @Override
  public void listWebhookSecrets(
      ListWebhookSecretsRequest request, StreamObserver<ListWebhookSecretsResponse> answer) {
    Rpc.answer(answer, () -> secrets(request));
  }

  private ListWebhookSecretsResponse secrets(ListWebhookSecretsRequest request) {
    int size = PageSize.of(request.getPageSize());
    long from = PageToken.number(SECRETS, request.getPageToken(), 0);
    List<ChannelStore.WebhookSecrets> found =
        jdbi.withHandle(handle -> channels.webhookSecrets(handle, from, size + 1));
    ListWebhookSecretsResponse.Builder response = ListWebhookSecretsResponse.newBuilder();
    found.stream()
        .limit(size)
        .forEach(
            one ->
                response.addSecrets(
                    WebhookSecret.newBuilder()
                        .setChannelId(one.channel().value())
                        .setWorkspaceId(one.workspace().value())
                        .setWabaId(one.wabaId())
                        .setAppSecret(one.appSecret().value())
                        .setVerifyToken(one.verifyToken().value())));
    if (found.size() > size) {
      response.setNextPageToken(
          PageToken.write(SECRETS).number(found.get(size - 1).channel().value()).token());
    }
    return response.build();
  }

  @Override
  public void putWorkspace(
      PutWorkspaceRequest request, StreamObserver<PutWorkspaceResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          requireZone(request.getTimeZone());
          WorkspaceId workspace = new WorkspaceId(request.getWorkspaceId());
          boolean changed =
              jdbi.inTransaction(tx -> workspaces.put(tx, workspace, request.getTimeZone()));
          if (changed) {
            tellAll(workspace);
          }
          return PutWorkspaceResponse.getDefaultInstance();
        });
  }

  private static void requireZone(String zone) {
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw HeraldException.invalid(
          "time_zone", "TIME_ZONE_UNKNOWN", "The time zone must be an IANA name: Asia/Kolkata.");
    }
  }

  // Every campaign's snapshot carries the zone.
  private void tellAll(WorkspaceId workspace) {
    long after = 0;
    List<Long> page;
    do {
      long from = after;
      page = jdbi.inTransaction(tx -> tellPage(tx, workspace, from));
      after = page.isEmpty() ? after : page.getLast();
    } while (page.size() == PAGE);
  }

  private List<Long> tellPage(Handle tx, WorkspaceId workspace, long after) {
    List<Long> page = workspaces.campaigns(tx, workspace, after, PAGE);
    for (long id : page) {
      CampaignId campaign = new CampaignId(id);
      if (campaigns.lock(tx, campaign)) {
        campaigns.touch(tx, campaign);
        campaigns.find(tx, campaign).ifPresent(changed -> reports.snapshot(tx, changed));
      }
    }
    return page;
  }
}
