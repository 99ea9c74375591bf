package dev.herald.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.RecordingServices;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.access.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class DescriptionTest {
  private static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @Test
  void everyMethodThatPeopleMayCallHasARoute() {
    Set<String> routed =
        herald.gateway().api().routes().stream().map(Api.Summary::rpc).collect(Collectors.toSet());
    // Answered inside other routes.
    Set<String> inner =
        Set.of(
            "herald.campaign.v1.AudienceService/BatchGetRecipients",
            "herald.analytics.v1.CampaignAnalyticsService/BatchGetCampaignAnalytics");
    List<String> missing = new ArrayList<>();
    RecordingServices.methods()
        .forEach(
            (method, role) -> {
              String name = method.getFullMethodName();
              if (role != Role.SERVICE && !routed.contains(name) && !inner.contains(name)) {
                missing.add(name);
              }
            });
    assertThat(missing).isEmpty();
  }

  @Test
  void noRouteLeadsToWhatIsForServicesOnly() {
    assertThat(herald.gateway().api().routes())
        .noneMatch(route -> route.requires().filter(Role.SERVICE::equals).isPresent());
  }

  @Test
  void aResourceAtTheTopHidesNoFieldBesideIt() {
    for (Route route : table()) {
      route
          .resource()
          .ifPresent(
              name -> {
                FieldDescriptor resource = ProtoJson.wrapped(route.rpc().answer(), name);
                Set<String> inner = new HashSet<>();
                resource
                    .getMessageType()
                    .getFields()
                    .forEach(field -> inner.add(field.getJsonName()));
                for (FieldDescriptor field : route.rpc().answer().getFields()) {
                  if (!field.equals(resource)) {
                    assertThat(inner).as(route.path()).doesNotContain(field.getJsonName());
                  }
                }
              });
    }
  }

  @Test
  void everyParameterOfAPathIsAFieldOfTheRequest() {
    for (Route route : table()) {
      java.util.regex.Matcher names =
          java.util.regex.Pattern.compile("\\{([A-Za-z]+)}").matcher(route.path());
      while (names.find()) {
        boolean isUpload = route.handling() instanceof Route.Handling.Upload;
        assertThat(isUpload || JsonRules.field(route.rpc().request(), names.group(1)) != null)
            .as(route.path())
            .isTrue();
      }
    }
  }

  @Test
  void theDescriptionIsYamlAndNamesEveryRouteOnce() {
    Answer answer = herald.send(herald.anonymous("/openapi.yaml"));
    Object tree = new Yaml().load(answer.text());

    assertThat(tree).isNotNull();
    JsonNode again = new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(tree);
    assertThat(again).isEqualTo(normal(herald.gateway().description()));
    Set<String> ids = new HashSet<>();
    int operations = 0;
    for (JsonNode path : again.path("paths")) {
      for (JsonNode operation : path) {
        operations++;
        assertThat(ids.add(operation.path("operationId").asText()))
            .as(operation.path("operationId").asText())
            .isTrue();
        assertThat(operation.path("summary").asText()).isNotEmpty();
      }
    }
    assertThat(operations).isGreaterThan(table().size());
    for (Route route : table()) {
      assertThat(
              again
                  .path("paths")
                  .path("/api/v1" + route.path())
                  .has(route.verb().name().toLowerCase(java.util.Locale.ROOT)))
          .as(route.path())
          .isTrue();
    }
    assertThat(again.toString()).doesNotContain("\"$ref\":\"#/components/schemas/\"");
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    JsonNode api = herald.gateway().description();
    api.findValuesAsText("$ref")
        .forEach(
            reference ->
                assertThat(api.at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
  }

  @Test
  void thePageForPeopleNeedsNothingFromElsewhere() {
    Answer page = herald.send(herald.anonymous("/docs"));

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text())
        .contains("/api/v1/campaigns/{campaignId}:launch", "AUDIENCE_EMPTY")
        .doesNotContain("<script", "http://", "https://", "style=");
    assertThat(herald.send(herald.anonymous("/docs/docs.css")).header("Content-Type"))
        .startsWith("text/css");
  }

  // Numbers may come back from YAML in another width.
  private static JsonNode normal(JsonNode tree) {
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper().readTree(tree.toString());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Route> table() {
    return herald.gateway().api().table();
  }
}
