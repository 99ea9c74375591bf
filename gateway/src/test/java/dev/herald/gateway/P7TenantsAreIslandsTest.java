package dev.herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.gateway.api.Api;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.RecordingServices;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.access.Role;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Walks over all routes there are, so that a new one cannot be forgotten. */
class P7TenantsAreIslandsTest {
  private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z]+)}");
  // Signing in and out, and how that can be done: what a person without credentials may do.
  private static final Set<String> FOR_STRANGERS =
      Set.of("/api/v1/session", "/api/v1/session:options");

  private static TestGateway herald;
  private static long otherWorkspace;
  private static String otherKey;
  // Things of the first workspace, by the name of the path parameter that would name them.
  private static Map<String, String> theirs;

  @BeforeAll
  static void start() {
    herald = TestGateway.start(Map.of("HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8"));
    otherWorkspace = herald.newWorkspace("Other");
    otherKey = herald.gateway().bootstrapping().newApiKey(otherWorkspace, "other", Role.OWNER);
    String user =
        herald
            .post("/api/v1/users", "{\"email\":\"a@example.com\",\"role\":\"VIEWER\"}")
            .json()
            .path("id")
            .asText();
    String key =
        herald
            .post("/api/v1/apiKeys", "{\"name\":\"theirs\",\"role\":\"VIEWER\"}")
            .json()
            .path("id")
            .asText();
    long quarantined = herald.quarantine(herald.workspace());
    String subscription =
        herald
            .post(
                "/api/v1/subscriptions",
                "{\"name\":\"theirs\",\"url\":\"http://127.0.0.1:9/\",\"eventTypes\":[\"MESSAGE_READ\"]}")
            .json()
            .path("id")
            .asText();
    theirs =
        Map.of(
            "userId",
            user,
            "apiKeyId",
            key,
            "quarantineId",
            Long.toString(quarantined),
            "subscriptionId",
            subscription);
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    herald.services().reset();
  }

  @Test
  void withoutCredentialsNothingIsAnsweredAndNobodyIsAsked() {
    for (Api.Summary route : routes()) {
      Answer answer = herald.send(request(route, herald.anonymous(path(route, "1"))));
      // 429: so many without credentials come from one address.
      assertThat(answer.status()).as(route.toString()).isIn(401, 429);
    }
    assertThat(herald.services().calls()).isEmpty();
  }

  @Test
  void withTooLowARoleNothingIsDone() {
    for (Role role : List.of(Role.VIEWER, Role.OPERATOR)) {
      String key = herald.key(role);
      for (Api.Summary route : routes()) {
        if (!role.permits(route.requires().orElseThrow())) {
          Answer answer = herald.send(request(route, herald.requestWith(key, path(route, "1"))));
          assertThat(answer.status()).as(role + " " + route).isEqualTo(403);
        }
      }
    }
    assertThat(herald.services().calls()).isEmpty();
  }

  @Test
  void everyCallIsMadeInTheWorkspaceOfTheOneWhoAsks() {
    for (Api.Summary route : routes()) {
      if (!route.path().endsWith(":watch")) {
        Answer answer =
            herald.send(request(route, herald.requestWith(otherKey, path(route, "123"))));
        // What is for people, and what is for those who run the installation.
        boolean isForOthers =
            answer.status() == 403
                && Set.of("NOT_A_PERSON", "NOT_THE_OPERATOR").contains(answer.reason());
        assertThat(isForOthers || (answer.status() != 401 && answer.status() != 403))
            .as(route + " " + answer)
            .isTrue();
      }
    }
    assertThat(herald.services().calls()).isNotEmpty();
    assertThat(herald.services().calls())
        .extracting(RecordingServices.Recorded::caller)
        .extracting(Caller::workspace)
        .containsOnly(otherWorkspace);
  }

  @Test
  void noRequestOfAPersonCanNameAWorkspace() {
    RecordingServices.methods()
        .forEach(
            (method, role) -> {
              if (role != Role.SERVICE) {
                var contract = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
                assertThat(
                        contract
                            .getMethodDescriptor()
                            .getInputType()
                            .findFieldByName("workspace_id"))
                    .as(method.getFullMethodName())
                    .isNull();
              }
            });
  }

  @Test
  void theirThingsAreAnsweredLikeThingsThatDoNotExist() {
    String before = state();
    int tried = 0;
    for (Api.Summary route : routes()) {
      var parameter = PARAMETER.matcher(route.path());
      if (parameter.find() && theirs.containsKey(parameter.group(1))) {
        String id = theirs.get(parameter.group(1));
        Answer real = herald.send(request(route, herald.requestWith(otherKey, path(route, id))));
        Answer invented =
            herald.send(request(route, herald.requestWith(otherKey, path(route, "987654321"))));
        assertThat(real.status()).as(route.toString()).isEqualTo(404);
        assertThat(withoutRequestId(real)).isEqualTo(withoutRequestId(invented));
        tried++;
      }
    }
    assertThat(tried).isEqualTo(14);
    assertThat(state()).isEqualTo(before);
    for (String list :
        List.of(
            "/api/v1/users", "/api/v1/apiKeys", "/api/v1/quarantine", "/api/v1/subscriptions")) {
      String text = herald.send(herald.requestWith(otherKey, list)).text();
      theirs.values().forEach(id -> assertThat(text).doesNotContain("\"id\":\"" + id + "\""));
    }
    assertThat(herald.send(herald.requestWith(otherKey, "/api/v1/auditLog")).text())
        .doesNotContain("key:Bootstrap");
  }

  @Test
  void aPageTokenOfAnotherWorkspaceShowsNothingOfIt() {
    herald.post("/api/v1/apiKeys", "{\"name\":\"second\",\"role\":\"VIEWER\"}");
    String token = herald.get("/api/v1/apiKeys?pageSize=1").json().path("nextPageToken").asText();

    Answer page = herald.send(herald.requestWith(otherKey, "/api/v1/apiKeys?pageToken=" + token));

    assertThat(page.text()).doesNotContain("theirs", "second", "Bootstrap");
  }

  @Test
  void anAddressOfAnotherWorkspaceCanBeInvitedWithoutLearningOfIt() {
    Answer answer =
        herald.send(
            herald
                .requestWith(otherKey, "/api/v1/users")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString("{\"email\":\"a@example.com\",\"role\":\"VIEWER\"}")));

    assertThat(answer.status()).isEqualTo(200);
  }

  private static List<Api.Summary> routes() {
    return herald.gateway().api().routes().stream()
        .filter(route -> !FOR_STRANGERS.contains(route.path()))
        .toList();
  }

  private static String path(Api.Summary route, String id) {
    return PARAMETER.matcher(route.path().replace("{month}", "2026-11")).replaceAll(id);
  }

  private static HttpRequest.Builder request(Api.Summary route, HttpRequest.Builder request) {
    boolean isFile = route.path().endsWith("/audience");
    return switch (route.verb()) {
      case "POST" ->
          request
              .header("Content-Type", isFile ? "text/csv" : "application/json")
              .POST(BodyPublishers.ofString(isFile ? "phone\n" : "{}"));
      case "PATCH" ->
          request
              .header("Content-Type", "application/json")
              .method("PATCH", BodyPublishers.ofString("{}"));
      case "DELETE" -> request.DELETE();
      default -> request.GET();
    };
  }

  private static String withoutRequestId(Answer answer) {
    return answer.text().replace(answer.json().path("requestId").asText(), "");
  }

  private static String state() {
    return herald.get("/api/v1/users").text()
        + herald.get("/api/v1/apiKeys?withRevoked=true").text().replaceAll("lastUsedTime[^,]*", "")
        + herald.get("/api/v1/quarantine").text()
        + herald.get("/api/v1/subscriptions").text();
  }
}
