package dev.herald.standalone;

import com.google.protobuf.Message;
import dev.herald.access.v1.Access;
import dev.herald.access.v1.Role;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RetentionServiceGrpc;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.billing.v1.RateCardServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.billing.v1.WalletFeedServiceGrpc;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.ConversionServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.LinkServiceGrpc;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.v1.SendingRulesServiceGrpc;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.gateway.v1.AlertServiceGrpc;
import dev.herald.gateway.v1.IdentityServiceGrpc;
import dev.herald.gateway.v1.QuarantineServiceGrpc;
import dev.herald.gateway.v1.SubscriptionServiceGrpc;
import dev.herald.gateway.v1.WorkspaceServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The contracts as a stranger reads them, and how one calls a method known only by them. */
final class Contracts {
  static final List<ServiceDescriptor> SERVICES =
      List.of(
          CampaignServiceGrpc.getServiceDescriptor(),
          AudienceServiceGrpc.getServiceDescriptor(),
          ChannelServiceGrpc.getServiceDescriptor(),
          TemplateServiceGrpc.getServiceDescriptor(),
          ContactServiceGrpc.getServiceDescriptor(),
          InboundServiceGrpc.getServiceDescriptor(),
          LinkServiceGrpc.getServiceDescriptor(),
          ReplyServiceGrpc.getServiceDescriptor(),
          ConversionServiceGrpc.getServiceDescriptor(),
          SendingRulesServiceGrpc.getServiceDescriptor(),
          CampaignFeedServiceGrpc.getServiceDescriptor(),
          CampaignAnalyticsServiceGrpc.getServiceDescriptor(),
          EvidenceServiceGrpc.getServiceDescriptor(),
          RetentionServiceGrpc.getServiceDescriptor(),
          WalletServiceGrpc.getServiceDescriptor(),
          WalletFeedServiceGrpc.getServiceDescriptor(),
          RateCardServiceGrpc.getServiceDescriptor(),
          StatementServiceGrpc.getServiceDescriptor(),
          ReservationServiceGrpc.getServiceDescriptor(),
          OperatorServiceGrpc.getServiceDescriptor());

  /** What the gateway answers itself. */
  static final List<ServiceDescriptor> GATEWAY_SERVICES =
      List.of(
          IdentityServiceGrpc.getServiceDescriptor(),
          WorkspaceServiceGrpc.getServiceDescriptor(),
          SubscriptionServiceGrpc.getServiceDescriptor(),
          QuarantineServiceGrpc.getServiceDescriptor(),
          dev.herald.gateway.v1.LinkServiceGrpc.getServiceDescriptor(),
          AlertServiceGrpc.getServiceDescriptor());

  private Contracts() {}

  @SuppressWarnings("unchecked")
  static List<MethodDescriptor<Message, Message>> methods(List<ServiceDescriptor> services) {
    return services.stream()
        .flatMap(service -> service.getMethods().stream())
        .map(method -> (MethodDescriptor<Message, Message>) (MethodDescriptor<?, ?>) method)
        .toList();
  }

  static Message first(
      ManagedChannel channel,
      MethodDescriptor<Message, Message> method,
      CallOptions options,
      Message message)
      throws Exception {
    BlockingClientCall<Message, Message> call =
        switch (method.getType()) {
          case SERVER_STREAMING ->
              ClientCalls.blockingV2ServerStreamingCall(channel, method, options, message);
          default -> ClientCalls.blockingClientStreamingCall(channel, method, options);
        };
    try {
      if (method.getType() == MethodDescriptor.MethodType.CLIENT_STREAMING) {
        call.write(message);
        call.halfClose();
      }
      return call.read(15, TimeUnit.SECONDS);
    } finally {
      call.cancel("Seen enough.", null);
    }
  }

  static Role requires(MethodDescriptor<?, ?> method) {
    return ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
        .getMethodDescriptor()
        .getOptions()
        .getExtension(Access.requires);
  }

  static void check(
      List<String> wrong, MethodDescriptor<?, ?> method, String answer, boolean right) {
    if (!right) {
      wrong.add(method.getFullMethodName() + ": " + answer);
    }
  }

  static final class Bearer extends CallCredentials {
    private static final Metadata.Key<String> HEADER =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String token;

    Bearer(String token) {
      this.token = token;
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
      Metadata metadata = new Metadata();
      if (!token.isEmpty()) {
        metadata.put(HEADER, "Bearer " + token);
      }
      applier.apply(metadata);
    }
  }
}
