package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.herald.runtime.process.FreePorts;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Two tenants of one installation, and every way in which one may ask for what is the other's. */
abstract class Strangers {

  static final String INVENTED = "987654321";

  static final Pattern PATH = Pattern.compile("^ {2}\"?(/api/v1/[^\" ]*?)\"?:$");

  static final Pattern VERB = Pattern.compile("^ {4}\"?(get|post|patch|delete)\"?:$");

  static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z]+)}");

  /** What a request needs so that it is looked at at all. */
  static final Map<String, String> MORE =
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

  final HttpClient http = HttpClient.newHttpClient();

  final Map<String, ManagedChannel> channels = new LinkedHashMap<>();

  Stage stage;

  Map<String, String> theirs;

  String otherKey;

  String otherToken;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    int gatewayPort = FreePorts.next();
    stage =
        Stage.open(
            folder,
            Map.of(
                "HERALD_EGRESS_ALLOWED_NETWORKS",
                "127.0.0.0/8",
                "HERALD_GRPC_GATEWAY",
                "true",
                "HERALD_GRPC_PORT",
                Integer.toString(gatewayPort)));
    String campaign = stage.draft("Theirs", 3);
    stage.launch(campaign);
    stage.awaitStatus(campaign, "SENT");
    stage.awaitSettled(campaign);
    JsonNode contact =
        stage.api().post("contacts", Map.of("contacts", List.of(Map.of("phone", "+919800000001"))));
    assertThat(contact).isNotNull();
    String subscription =
        stage
            .api()
            .post(
                "subscriptions",
                Map.of(
                    "name",
                    "Theirs",
                    "url",
                    stage.herald().address() + "/nobody-listens-here",
                    "eventTypes",
                    List.of("MESSAGE_DELIVERED")))
            .path("id")
            .asText();
    theirs =
        Map.of(
            "subscriptionId", subscription,
            "campaignId", campaign,
            "channelId", stage.channelId(),
            "templateId", stage.marketingTemplateId(),
            "contactId", stage.api().get("contacts").at("/contacts/0/id").asText(),
            "userId", stage.api().get("users").at("/users/0/id").asText(),
            "apiKeyId", stage.api().get("apiKeys").at("/apiKeys/0/id").asText());
    otherKey = stage.api().ownerKeyOfNewWorkspace("Other", "other@example.com");
    // The other services hear of a workspace a moment later.
    org.awaitility.Awaitility.await()
        .until(() -> send(request("GET", "/api/v1/wallet", "")).statusCode() == 200);
    otherToken = json(send(request("POST", "/api/v1/token", "{}"))).path("token").asText();
    channels.put("herald.campaign", channel(stage.herald().ports().campaign()));
    channels.put("herald.analytics", channel(stage.herald().ports().analytics()));
    channels.put("herald.gateway", channel(gatewayPort));
    channels.put("herald.billing", channel(stage.herald().ports().billing()));
  }

  @AfterAll
  void close() throws IOException {
    channels.values().forEach(ManagedChannel::shutdownNow);
    http.close();
    stage.close();
  }

  record Operation(String verb, String path, String rpc) {}

  // The description is made from the table of routes itself.
  List<Operation> operations() throws Exception {
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

  String http(Operation operation, Map<String, String> ids) throws Exception {
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

  String call(MethodDescriptor<Message, Message> method, Map<String, String> ids, String token)
      throws Exception {
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .withCallCredentials(new Contracts.Bearer(token));
    ManagedChannel channel =
        channels.get(method.getServiceName().substring(0, method.getServiceName().indexOf(".v1")));
    Message message = message(method, ids);
    try {
      Message answer =
          switch (method.getType()) {
            case UNARY -> ClientCalls.blockingUnaryCall(channel, method, options, message);
            default -> Contracts.first(channel, method, options, message);
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

  static Message message(MethodDescriptor<Message, Message> method, Map<String, String> ids)
      throws IOException {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
    Message.Builder request = marshaller.getMessagePrototype().newBuilderForType();
    JsonFormat.parser().merge(filled(method.getBareMethodName(), ids), request);
    fill(request, ids);
    return request.build();
  }

  // Every field that is the id of something, however deep.
  static void fill(Message.Builder message, Map<String, String> ids) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      String name =
          field.getJsonName().equals("sourceCampaignId") ? "campaignId" : field.getJsonName();
      boolean isId = field.getJavaType() == FieldDescriptor.JavaType.LONG && !field.isRepeated();
      if (isId && ids.containsKey(name)) {
        message.setField(field, Long.parseLong(ids.get(name)));
      } else if (isId && name.equals("deliveryId")) {
        // Theirs is a small number, which any text may hold.
        message.setField(field, Long.parseLong(INVENTED));
      } else if (field.getName().equals("file")
          && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        fill(message.getFieldBuilder(field), ids);
      }
    }
  }

  static String filled(String rpc, Map<String, String> ids) {
    return MORE.getOrDefault(rpc, "{}")
        .replace("TEMPLATE", ids.get("templateId"))
        .replace("CAMPAIGN", ids.get("campaignId"));
  }

  static String masked(String text, Map<String, String> ids) {
    String masked = text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME");
    for (String id : ids.values()) {
      masked = masked.replace(id, "ID");
    }
    return masked;
  }

  Map<String, String> nothing() {
    return theirs.keySet().stream().collect(Collectors.toMap(name -> name, name -> INVENTED));
  }

  /** What somebody else's calls must leave as it is. */
  Map<String, String> state() {
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

  HttpRequest.Builder request(String verb, String path, String body) {
    boolean hasBody = verb.equals("POST") || verb.equals("PATCH");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(stage.herald().address().resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + otherKey)
            .method(verb, hasBody ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
    return hasBody ? request.header("Content-Type", "application/json") : request;
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> answer) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer.body());
  }

  static ManagedChannel channel(int port) {
    return ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }
}
