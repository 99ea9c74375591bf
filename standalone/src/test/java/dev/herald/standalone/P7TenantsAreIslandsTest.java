package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.herald.access.v1.Access;
import dev.herald.access.v1.Role;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.billing.v1.RateCardServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.billing.v1.WalletServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two tenants on the real stack. Every RPC of every service and every route of the description is
 * called by the one with the ids of the other, and answered exactly as with ids that never existed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class P7TenantsAreIslandsTest {
  private static final String INVENTED = "987654321";
  private static final Pattern PATH = Pattern.compile("^ {2}\"?(/api/v1/[^\" ]*?)\"?:$");
  private static final Pattern VERB = Pattern.compile("^ {4}\"?(get|post|patch|delete)\"?:$");
  private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z]+)}");
  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          CampaignServiceGrpc.getServiceDescriptor(),
          AudienceServiceGrpc.getServiceDescriptor(),
          ChannelServiceGrpc.getServiceDescriptor(),
          TemplateServiceGrpc.getServiceDescriptor(),
          ContactServiceGrpc.getServiceDescriptor(),
          InboundServiceGrpc.getServiceDescriptor(),
          ReplyServiceGrpc.getServiceDescriptor(),
          CampaignFeedServiceGrpc.getServiceDescriptor(),
          CampaignAnalyticsServiceGrpc.getServiceDescriptor(),
          EvidenceServiceGrpc.getServiceDescriptor(),
          WalletServiceGrpc.getServiceDescriptor(),
          RateCardServiceGrpc.getServiceDescriptor(),
          StatementServiceGrpc.getServiceDescriptor(),
          ReservationServiceGrpc.getServiceDescriptor(),
          OperatorServiceGrpc.getServiceDescriptor());

  /** What a request needs so that it is looked at at all. */
  private static final Map<String, String> MORE =
      Map.ofEntries(
          Map.entry(
              "CreateCampaign",
              "{\"name\":\"x\",\"type\":\"API\",\"content\":{\"template\":{\"templateId\":\"TEMPLATE\"}}}"),
          Map.entry("UpdateCampaign", "{\"name\":\"x\"}"),
          Map.entry("TriggerCampaign", "{\"recipients\":[{\"phone\":\"+919800000001\"}]}"),
          Map.entry("SendTestMessage", "{\"recipient\":{\"phone\":\"+919800000001\"}}"),
          Map.entry("AddRecipients", "{\"recipients\":[{\"phone\":\"+919800000001\"}]}"),
          Map.entry("SetAudienceFromContacts", "{\"filter\":{}}"),
          Map.entry("SetAudienceFromCampaign", "{\"sourceCampaignId\":\"CAMPAIGN\",\"filter\":{}}"),
          Map.entry("RetryUnconfirmed", "{\"acceptDuplicates\":true}"),
          Map.entry("BatchGetRecipients", "{\"ordinals\":[0]}"),
          Map.entry("BatchGetCampaignAnalytics", "{\"campaignIds\":[\"CAMPAIGN\"]}"),
          Map.entry("UpdateChannel", "{\"rate\":1}"),
          Map.entry(
              "ConnectChannel",
              "{\"name\":\"x\",\"phoneNumberId\":\"1\",\"wabaId\":\"1\",\"accessToken\":\"x\"}"),
          Map.entry("UpsertContacts", "{\"contacts\":[{\"phone\":\"+919800000001\"}]}"),
          Map.entry("SetOptOut", "{\"phone\":\"+919800000009\",\"optedOut\":true}"),
          Map.entry("EraseContact", "{\"phone\":\"+919800000009\"}"),
          Map.entry("EstimateCost", "{\"category\":\"MARKETING\"}"),
          Map.entry("GetTimeSeries", "{\"step\":\"DAY\"}"),
          Map.entry("TopUpWallet", "{\"amount\":{\"currency\":\"USD\",\"micros\":\"1\"}}"),
          Map.entry("UpdateWallet", "{}"),
          Map.entry("GetMonthlyStatement", "{\"month\":\"2026-11\"}"),
          Map.entry("ExportMonthlyStatement", "{\"month\":\"2026-11\"}"),
          Map.entry("UpdateUser", "{\"name\":\"x\"}"));

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
  private Stage stage;
  private Map<String, String> theirs;
  private String otherKey;
  private String otherToken;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    stage = Stage.open(folder);
    String campaign = stage.draft("Theirs", 3);
    stage.launch(campaign);
    stage.awaitStatus(campaign, "SENT");
    stage.awaitSettled(campaign);
    JsonNode contact =
        stage.api().post("contacts", Map.of("contacts", List.of(Map.of("phone", "+919800000001"))));
    assertThat(contact).isNotNull();
    theirs =
        Map.of(
            "campaignId", campaign,
            "channelId", stage.channelId(),
            "templateId", stage.marketingTemplateId(),
            "contactId", stage.api().get("contacts").at("/contacts/0/id").asText(),
            "userId", stage.api().get("users").at("/users/0/id").asText(),
            "apiKeyId", stage.api().get("apiKeys").at("/apiKeys/0/id").asText());
    otherKey = stage.api().ownerKeyOfNewWorkspace("Other", "other@example.com");
    // The other services hear of a workspace a moment later.
    org.awaitility.Awaitility.await()
        .atMost(Stage.PATIENCE)
        .until(() -> send(request("GET", "/api/v1/wallet", "")).statusCode() == 200);
    otherToken = json(send(request("POST", "/api/v1/token", "{}"))).path("token").asText();
    channels.put("herald.campaign", channel(stage.herald().ports().campaign()));
    channels.put("herald.analytics", channel(stage.herald().ports().analytics()));
    channels.put("herald.billing", channel(stage.herald().ports().billing()));
  }

  @AfterAll
  void close() throws IOException {
    channels.values().forEach(ManagedChannel::shutdownNow);
    http.close();
    stage.close();
  }

  @Test
  void everyServiceOfTheContractsIsTried() throws IOException {
    try (InputStream in =
        Thread.currentThread()
            .getContextClassLoader()
            .getResourceAsStream("herald/contracts.binpb")) {
      List<String> declared = new ArrayList<>();
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in).getFileList()) {
        file.getServiceList()
            .forEach(service -> declared.add(file.getPackage() + "." + service.getName()));
      }
      // The gateway's own are served over HTTP only.
      assertThat(declared)
          .filteredOn(name -> !name.startsWith("herald.gateway."))
          .containsExactlyInAnyOrderElementsOf(
              SERVICES.stream().map(ServiceDescriptor::getName).toList());
    }
  }

  @Test
  void anRpcAnswersTheirIdsLikeIdsThatNeverWere() throws Exception {
    Map<String, String> before = state();
    List<String> wrong = new ArrayList<>();
    for (MethodDescriptor<Message, Message> method : methods()) {
      String real = call(method, theirs, otherToken);
      String invented = call(method, nothing(), otherToken);
      if (requires(method) == Role.ROLE_SERVICE) {
        check(wrong, method, real, real.startsWith("PERMISSION_DENIED"));
      } else {
        // Without an id in it, it is twice the same request, of their own.
        boolean names = !message(method, theirs).equals(message(method, nothing()));
        boolean looked = !real.startsWith("INVALID_ARGUMENT") && !real.startsWith("INTERNAL");
        check(
            wrong,
            method,
            real + " against " + invented,
            !names || (looked && real.equals(invented)));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void anRpcNeedsATokenOfTheGateway() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (MethodDescriptor<Message, Message> method : methods()) {
      for (String token : List.of("", otherKey, otherToken.substring(0, otherToken.length() - 4))) {
        String answer = call(method, theirs, token);
        check(wrong, method, answer, answer.startsWith("UNAUTHENTICATED"));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aRouteAnswersTheirIdsLikeIdsThatNeverWere() throws Exception {
    Map<String, String> before = state();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Operation operation : operations()) {
      Matcher parameter = PARAMETER.matcher(operation.path());
      if (parameter.find() && theirs.containsKey(parameter.group(1))) {
        String real = http(operation, theirs);
        String invented = http(operation, nothing());
        if (!real.equals(invented) || !real.startsWith("404")) {
          wrong.add(operation + ": " + real + " against " + invented);
        }
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(35);
    assertThat(wrong).isEmpty();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void listsAndFiguresOfTheOtherKnowNothingOfTheirs() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Operation operation : operations()) {
      if (operation.verb().equals("GET")
          && !operation.path().contains("{")
          && !operation.path().endsWith(":watch")) {
        String text = http(operation, theirs);
        // The ids of one installation are long and unlike each other: none may appear.
        theirs.values().stream()
            .filter(text::contains)
            .forEach(id -> wrong.add(operation + " shows " + id));
        if (text.contains("Theirs")) {
          wrong.add(operation + " shows a name");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private record Operation(String verb, String path, String rpc) {}

  // The description is made from the table of routes itself.
  private List<Operation> operations() throws Exception {
    HttpResponse<String> yaml =
        send(HttpRequest.newBuilder(stage.herald().address().resolve("/openapi.yaml")));
    List<Operation> operations = new ArrayList<>();
    String path = "";
    String verb = "";
    for (String line : yaml.body().lines().toList()) {
      Matcher named = PATH.matcher(line);
      Matcher method = VERB.matcher(line);
      if (line.matches("^ {2}\\S.*")) {
        path = named.matches() ? named.group(1) : "";
      } else if (method.matches()) {
        verb = method.group(1).toUpperCase(java.util.Locale.ROOT);
      } else if (!path.isEmpty() && line.strip().startsWith("operationId:")) {
        String id = line.replace("operationId:", "").replace("\"", "").strip();
        operations.add(new Operation(verb, path, id.replaceFirst("(ByGet|Csv|Xlsx)$", "")));
      }
    }
    assertThat(operations.size()).isGreaterThan(60);
    return operations;
  }

  private String http(Operation operation, Map<String, String> ids) throws Exception {
    String path =
        PARAMETER
            .matcher(operation.path().replace("{month}", "2026-11"))
            .replaceAll(match -> ids.getOrDefault(match.group(1), INVENTED));
    boolean isFile = operation.rpc().equals("UploadAudience");
    String body = isFile ? "phone\n+919800000001\n" : filled(operation.rpc(), ids);
    HttpRequest.Builder request = request(operation.verb(), path, body);
    HttpResponse<String> answer =
        send(isFile ? request.setHeader("Content-Type", "text/csv") : request);
    return masked(
        answer.statusCode()
            + " "
            + answer.body().replaceAll("\"requestId\":\"[^\"]*\"", "\"requestId\":\"\""),
        ids);
  }

  private String call(
      MethodDescriptor<Message, Message> method, Map<String, String> ids, String token)
      throws Exception {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .withCallCredentials(new Bearer(token));
    ManagedChannel channel =
        channels.get(method.getServiceName().substring(0, method.getServiceName().indexOf(".v1")));
    Message message = message(method, ids);
    try {
      Message answer =
          switch (method.getType()) {
            case UNARY -> ClientCalls.blockingUnaryCall(channel, method, options, message);
            default -> first(channel, method, options, message);
          };
      String text =
          answer == null
              ? ""
              : JsonFormat.printer().omittingInsignificantWhitespace().print(answer);
      return masked("OK " + text, ids);
    } catch (StatusRuntimeException e) {
      return masked(e.getStatus().getCode() + " " + e.getStatus().getDescription(), ids);
    } catch (StatusException e) {
      return masked(e.getStatus().getCode() + " " + e.getStatus().getDescription(), ids);
    } catch (TimeoutException e) {
      return Status.Code.DEADLINE_EXCEEDED.name();
    }
  }

  private static Message first(
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

  private static Message message(MethodDescriptor<Message, Message> method, Map<String, String> ids)
      throws IOException {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
    Message.Builder request = marshaller.getMessagePrototype().newBuilderForType();
    JsonFormat.parser().merge(filled(name(method), ids), request);
    fill(request, ids);
    return request.build();
  }

  // Every field that is the id of something, however deep.
  private static void fill(Message.Builder message, Map<String, String> ids) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      String name =
          field.getJsonName().equals("sourceCampaignId") ? "campaignId" : field.getJsonName();
      boolean isId = field.getJavaType() == FieldDescriptor.JavaType.LONG && !field.isRepeated();
      if (isId && ids.containsKey(name)) {
        message.setField(field, Long.parseLong(ids.get(name)));
      } else if (field.getName().equals("file")
          && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        fill(message.getFieldBuilder(field), ids);
      }
    }
  }

  private static String filled(String rpc, Map<String, String> ids) {
    return MORE.getOrDefault(rpc, "{}")
        .replace("TEMPLATE", ids.get("templateId"))
        .replace("CAMPAIGN", ids.get("campaignId"));
  }

  private static String masked(String text, Map<String, String> ids) {
    String masked = text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME");
    for (String id : ids.values()) {
      masked = masked.replace(id, "ID");
    }
    return masked;
  }

  private Map<String, String> nothing() {
    return theirs.keySet().stream().collect(Collectors.toMap(name -> name, name -> INVENTED));
  }

  /** What somebody else's calls must leave as it is. */
  private Map<String, String> state() {
    Map<String, String> state = new LinkedHashMap<>();
    String campaign = "campaigns/" + theirs.get("campaignId");
    for (String path :
        List.of(
            campaign,
            campaign + "/analytics",
            campaign + "/recipients",
            campaign + "/statusChanges",
            campaign + "/statement",
            "channels",
            "contacts?pageSize=1000",
            "templates",
            "users",
            "wallet",
            "workspace")) {
      state.put(path, stage.api().get(path).toString());
    }
    return state;
  }

  private HttpRequest.Builder request(String verb, String path, String body) {
    boolean hasBody = verb.equals("POST") || verb.equals("PATCH");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(stage.herald().address().resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + otherKey)
            .method(verb, hasBody ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
    return hasBody ? request.header("Content-Type", "application/json") : request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer.body());
  }

  private static ManagedChannel channel(int port) {
    return ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @SuppressWarnings("unchecked")
  private static List<MethodDescriptor<Message, Message>> methods() {
    return SERVICES.stream()
        .flatMap(service -> service.getMethods().stream())
        .map(method -> (MethodDescriptor<Message, Message>) (MethodDescriptor<?, ?>) method)
        .toList();
  }

  private static Role requires(MethodDescriptor<?, ?> method) {
    return ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
        .getMethodDescriptor()
        .getOptions()
        .getExtension(Access.requires);
  }

  private static String name(MethodDescriptor<?, ?> method) {
    return method.getBareMethodName();
  }

  private static void check(
      List<String> wrong, MethodDescriptor<?, ?> method, String answer, boolean right) {
    if (!right) {
      wrong.add(method.getFullMethodName() + ": " + answer);
    }
  }

  private static final class Bearer extends CallCredentials {
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
