package dev.herald.gateway.testing;

import com.google.protobuf.Message;
import dev.herald.access.v1.Access;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
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
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.LinkServiceGrpc;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.grpc.GrpcServer;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The three services on one port: the real contracts, tokens, roles and rules, with answers a test
 * decides, and a record of every call. A call without an answer is answered with the default
 * message.
 */
public final class RecordingServices implements AutoCloseable {
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          CampaignServiceGrpc.getServiceDescriptor(),
          AudienceServiceGrpc.getServiceDescriptor(),
          ChannelServiceGrpc.getServiceDescriptor(),
          TemplateServiceGrpc.getServiceDescriptor(),
          ContactServiceGrpc.getServiceDescriptor(),
          InboundServiceGrpc.getServiceDescriptor(),
          LinkServiceGrpc.getServiceDescriptor(),
          CampaignFeedServiceGrpc.getServiceDescriptor(),
          CampaignAnalyticsServiceGrpc.getServiceDescriptor(),
          EvidenceServiceGrpc.getServiceDescriptor(),
          WalletServiceGrpc.getServiceDescriptor(),
          WalletFeedServiceGrpc.getServiceDescriptor(),
          RateCardServiceGrpc.getServiceDescriptor(),
          StatementServiceGrpc.getServiceDescriptor(),
          ReservationServiceGrpc.getServiceDescriptor());

  /** A call as it arrived. */
  public record Recorded(String method, Caller caller, Message request) {}

  /** Answers a stream of requests or answers. */
  public interface Streaming {
    void serve(List<Message> requests, StreamObserver<Message> answers) throws Exception;
  }

  private final List<Recorded> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Function<Message, Message>> answers = new ConcurrentHashMap<>();
  private final Map<String, Streaming> streams = new ConcurrentHashMap<>();
  private final GrpcServer server;

  private RecordingServices(TokenVerifier tokens, int port) {
    GrpcServer.Builder builder = GrpcServer.builder(port, tokens, new SimpleMeterRegistry());
    SERVICES.forEach(service -> builder.service(() -> definition(service)));
    this.server = builder.start();
  }

  public static RecordingServices start(TokenVerifier tokens) {
    return start(tokens, 0);
  }

  public static RecordingServices start(TokenVerifier tokens, int port) {
    return new RecordingServices(tokens, port);
  }

  public int port() {
    return server.port();
  }

  /** From now on the method answers so. */
  @SuppressWarnings("unchecked")
  public <Q extends Message, A extends Message> void on(
      MethodDescriptor<Q, A> method, Function<Q, A> answer) {
    answers.put(method.getFullMethodName(), (Function<Message, Message>) (Function<?, ?>) answer);
  }

  public <Q extends Message, A extends Message> void answer(
      MethodDescriptor<Q, A> method, A answer) {
    on(method, request -> answer);
  }

  public void refuse(MethodDescriptor<?, ?> method, HeraldException error) {
    answers.put(
        method.getFullMethodName(),
        request -> {
          throw error;
        });
  }

  public void stream(MethodDescriptor<?, ?> method, Streaming streaming) {
    streams.put(method.getFullMethodName(), streaming);
  }

  /** Calls of a method, oldest first. */
  @SuppressWarnings("unchecked")
  public <Q extends Message> List<Q> requests(MethodDescriptor<Q, ?> method) {
    return calls.stream()
        .filter(call -> call.method().equals(method.getFullMethodName()))
        .map(call -> (Q) call.request())
        .toList();
  }

  /** Calls made for somebody, without those the gateway makes by itself. */
  public List<Recorded> calls() {
    return calls.stream().filter(call -> call.caller().role() != Role.SERVICE).toList();
  }

  /** Forgets answers and calls. */
  public void reset() {
    calls.clear();
    answers.clear();
    streams.clear();
  }

  @Override
  public void close() {
    server.close();
  }

  private ServerServiceDefinition definition(ServiceDescriptor service) {
    ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
    service.getMethods().forEach(method -> add(definition, method));
    return definition.build();
  }

  @SuppressWarnings("unchecked")
  private void add(ServerServiceDefinition.Builder definition, MethodDescriptor<?, ?> descriptor) {
    MethodDescriptor<Message, Message> method = (MethodDescriptor<Message, Message>) descriptor;
    switch (method.getType()) {
      case UNARY ->
          definition.addMethod(
              method,
              ServerCalls.asyncUnaryCall((request, answer) -> unary(method, request, answer)));
      case SERVER_STREAMING ->
          definition.addMethod(
              method,
              ServerCalls.asyncServerStreamingCall(
                  (request, answer) -> serve(method, List.of(request), answer)));
      default ->
          definition.addMethod(
              method, ServerCalls.asyncClientStreamingCall(answer -> collect(method, answer)));
    }
  }

  private void unary(
      MethodDescriptor<Message, Message> method, Message request, StreamObserver<Message> answer) {
    record(method, request);
    Function<Message, Message> decided = answers.get(method.getFullMethodName());
    answer.onNext(decided == null ? defaultAnswer(method) : decided.apply(request));
    answer.onCompleted();
  }

  private StreamObserver<Message> collect(
      MethodDescriptor<Message, Message> method, StreamObserver<Message> answer) {
    List<Message> requests = new ArrayList<>();
    return new StreamObserver<>() {
      @Override
      public void onNext(Message request) {
        record(method, request);
        requests.add(request);
      }

      @Override
      public void onError(Throwable error) {
        requests.clear();
      }

      @Override
      public void onCompleted() {
        serve(method, requests, answer);
      }
    };
  }

  private void serve(
      MethodDescriptor<Message, Message> method,
      List<Message> requests,
      StreamObserver<Message> answer) {
    if (method.getType() == MethodDescriptor.MethodType.SERVER_STREAMING) {
      record(method, requests.getFirst());
    }
    Streaming streaming = streams.get(method.getFullMethodName());
    try {
      if (streaming == null) {
        answer.onNext(defaultAnswer(method));
        answer.onCompleted();
      } else {
        streaming.serve(requests, answer);
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void record(MethodDescriptor<Message, Message> method, Message request) {
    calls.add(new Recorded(method.getFullMethodName(), Caller.current(), request));
  }

  private static Message defaultAnswer(MethodDescriptor<Message, Message> method) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getResponseMarshaller();
    return marshaller.getMessagePrototype();
  }

  /** Every method of every service, with the role it requires. */
  public static Map<MethodDescriptor<?, ?>, Role> methods() {
    Map<MethodDescriptor<?, ?>, Role> methods = new java.util.LinkedHashMap<>();
    for (ServiceDescriptor service : SERVICES) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        var supplier = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
        String name =
            supplier.getMethodDescriptor().getOptions().getExtension(Access.requires).name();
        methods.put(method, Role.valueOf(name.substring("ROLE_".length())));
      }
    }
    return methods;
  }
}
