package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.herald.runtime.process.FreePorts;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The programs of the guides do what the guides say: each is run against a Herald at work.
 *
 * <p>A language that is missing on this machine is said loudly. Where all must be there (the
 * continuous integration), HERALD_TEST_EXAMPLES=all makes that a failure.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesTest {
  private static final Path AUDIENCE = Language.EXAMPLES.resolve("audience.csv");
  private static final String PRESENT = "dev.herald.standalone.Language#present";

  private Stage stage;

  @BeforeAll
  void open(@TempDir Path folder) {
    stage = Stage.open(folder, Map.of("HERALD_EGRESS_ALLOWED_NETWORKS", "127.0.0.0/8"));
    stage.channelRate(1000);
  }

  @AfterAll
  void close() throws IOException {
    stage.close();
  }

  @Test
  void whatCannotBeRunHereIsSaid() {
    List<Language> missing =
        Arrays.stream(Language.values()).filter(language -> !language.isPresent()).toList();
    for (Language language : missing) {
      System.err.printf(
          Locale.ROOT,
          "%n*** NOT RUN: the examples in %s, for this machine has not %s.%n%n",
          language.directory(),
          language.needs());
    }
    if ("all".equals(System.getenv("HERALD_TEST_EXAMPLES"))) {
      assertThat(missing).as("languages that are missing on this machine").isEmpty();
    }
  }

  /** A program that is added must be run below, and be named here. */
  @Test
  void everyProgramIsKnownToThisTest() throws IOException {
    Set<String> usual = Set.of("herald", "whoami", "broadcast", "watch", "export", "trigger");
    assertThat(Language.CURL.programs()).isEqualTo(plus(usual, "verify"));
    assertThat(Language.PYTHON.programs()).isEqualTo(plus(usual, "receive"));
    assertThat(Language.JAVASCRIPT.programs()).isEqualTo(plus(usual, "receive"));
    assertThat(Language.JAVA.programs()).isEqualTo(plus(usual, "receive", "watchByGrpc"));
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void aKeySaysWhoItIs(Language language) throws IOException {
    assertThat(run(language, "whoami").output()).contains("OWNER");
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void aRefusalIsAnError(Language language) throws IOException {
    Program.Outcome outcome =
        Program.run(
            language.command("whoami"),
            environment(Map.of("HERALD_API_KEY", "hk_nobody")),
            ByteArrayInputStream.nullInputStream());

    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.output() + outcome.errors()).contains("CREDENTIALS_INVALID");
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void whatCannotBeWatchedIsNotAskedForAgain(Language language) throws IOException {
    Program.Outcome outcome =
        Program.run(
            language.command("watch", "1"),
            environment(Map.of()),
            ByteArrayInputStream.nullInputStream());

    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.output() + outcome.errors()).contains("CAMPAIGN_NOT_FOUND");
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void aBroadcastIsLaunchedWatchedAndExported(Language language, @TempDir Path folder)
      throws IOException {
    Program.Outcome launched = run(language, "broadcast", AUDIENCE.toString());
    assertThat(launched.errors())
        .contains("accepted 4, rejected 1")
        .contains("row 6")
        .contains("USD");
    String id = launched.output().strip();

    List<String> figures = run(language, "watch", id).lines();
    assertThat(figures.getLast()).startsWith("SENT: ").endsWith("of 4");

    Path export = folder.resolve("outcome.csv");
    run(language, "export", id, export.toString());
    assertThat(Files.readAllLines(export)).hasSize(5).element(1).asString().contains("12125550100");
  }

  @Test
  void figuresCanBeFollowedByGrpc() throws IOException {
    String id = run(Language.JAVA, "broadcast", AUDIENCE.toString()).output().strip();
    List<String> figures = run(Language.JAVA, "watchByGrpc", id).lines();
    assertThat(figures.getLast()).startsWith("SENT: ").endsWith("of 4");
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void aTriggerThatIsRepeatedSendsOnce(Language language) throws IOException {
    List<String> lines = run(language, "trigger").lines();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).matches("attempt 1: message [0-9a-f-]{36}");
    assertThat(lines.get(1)).isEqualTo(lines.get(0).replace("attempt 1", "attempt 2"));
    JsonNode newest = stage.api().get("campaigns?pageSize=1").path("campaigns").path(0);
    assertThat(newest.path("name").asText()).startsWith("Order updates");
    assertThat(newest.path("audience").asInt()).isOne();
  }

  @ParameterizedTest
  @MethodSource(PRESENT)
  void onlyEventsThatHeraldSignedAreBelieved(Language language)
      throws IOException, InterruptedException {
    if (language == Language.CURL) {
      aDeliveryIsVerifiedByHand();
    } else {
      aReceiverVerifiesWhatArrives(language);
    }
  }

  private void aReceiverVerifiesWhatArrives(Language language)
      throws IOException, InterruptedException {
    int port = FreePorts.next();
    JsonNode subscription = subscription(port);
    List<String> command = language.command("receive", Integer.toString(port));
    try (Program receiver = Program.start(command, secretOf(subscription));
        HttpClient http = HttpClient.newHttpClient();
        BufferedReader output = receiver.output()) {
      assertThat(output.readLine()).isEqualTo("listening");

      stage.api().post(path(subscription) + ":test", Map.of());
      assertThat(output.lines().anyMatch(line -> line.startsWith("received test "))).isTrue();

      HttpRequest forged =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
              .header(
                  "Herald-Signature",
                  "t=" + System.currentTimeMillis() / 1000 + ",v1=" + "0".repeat(64))
              .POST(BodyPublishers.ofString("{\"type\": \"message.sent\"}"))
              .build();
      assertThat(http.send(forged, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    }
  }

  /** One delivery, as it arrived. */
  private record Delivery(String signature, byte[] body) {}

  private void aDeliveryIsVerifiedByHand() throws IOException, InterruptedException {
    BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          Headers headers = exchange.getRequestHeaders();
          if ("test".equals(headers.getFirst("Herald-Event-Type"))) {
            arrived.add(new Delivery(headers.getFirst("Herald-Signature"), body));
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    JsonNode subscription = subscription(server.getAddress().getPort());
    try {
      stage.api().post(path(subscription) + ":test", Map.of());
      Delivery delivery = arrived.poll(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(delivery).isNotNull();
      byte[] changed =
          new String(delivery.body(), StandardCharsets.UTF_8)
              .replace("\"test\"", "\"tost\"")
              .getBytes(StandardCharsets.UTF_8);

      assertThat(verify(subscription, delivery.signature(), delivery.body())).isZero();
      assertThat(verify(subscription, delivery.signature(), changed)).isOne();
      assertThat(verify(subscription, delivery.signature().replace("t=", "t=1"), changed)).isOne();
    } finally {
      server.stop(0);
    }
  }

  private int verify(JsonNode subscription, String signature, byte[] body) throws IOException {
    return Program.run(
            Language.CURL.command("verify", signature),
            secretOf(subscription),
            new ByteArrayInputStream(body))
        .exitCode();
  }

  private JsonNode subscription(int port) {
    return stage
        .api()
        .post(
            "subscriptions",
            Map.of(
                "name",
                "Example",
                "url",
                "http://127.0.0.1:" + port + "/",
                "eventTypes",
                List.of("MESSAGE_RECEIVED")));
  }

  private static String path(JsonNode subscription) {
    return "subscriptions/" + subscription.path("id").asText();
  }

  private static Map<String, String> secretOf(JsonNode subscription) {
    return Map.of("HERALD_WEBHOOK_SECRET", subscription.path("secret").asText());
  }

  private Program.Outcome run(Language language, String program, String... arguments)
      throws IOException {
    return Program.run(language.command(program, arguments), environment(Map.of()));
  }

  private Map<String, String> environment(Map<String, String> changes) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HERALD_URL", stage.herald().address().toString());
    environment.put("HERALD_API_KEY", stage.herald().apiKey());
    environment.put("HERALD_ANALYTICS_TARGET", "127.0.0.1:" + stage.herald().ports().analytics());
    environment.putAll(changes);
    return environment;
  }

  private static Set<String> plus(Set<String> usual, String... more) {
    Set<String> all = new HashSet<>(usual);
    all.addAll(List.of(more));
    return all;
  }
}
