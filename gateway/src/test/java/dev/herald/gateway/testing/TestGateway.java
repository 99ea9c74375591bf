package dev.herald.gateway.testing;

import com.nimbusds.jose.jwk.JWKSet;
import dev.herald.gateway.Gateway;
import dev.herald.gateway.GatewayConfig;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.JwksSource;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.access.TokenVerifier;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.database.Database;
import dev.herald.runtime.database.DatabaseConfig;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.testing.EmbeddedDatabases;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;

/** A whole gateway on a free port, in front of recording services, with one workspace ready. */
public final class TestGateway implements AutoCloseable {
  public static final String OWNER_KEY = "hk_an-owner-key-that-only-tests-know-0123456789";
  public static final Secret APP_SECRET = new Secret("the secret of the test's WhatsApp app");
  public static final String VERIFY_TOKEN = "the-verify-token";
  public static final Secret MESSAGE_KEY_SECRET =
      new Secret("a secret for message keys of 32 bytes or more");
  public static final Secret SERVICE_SECRET =
      new Secret("a secret for the services of 32 bytes or more");

  private static final Set<String> UNDESCRIBED =
      Set.of("404ROUTE_NOT_FOUND", "405METHOD_NOT_ALLOWED");

  private final DatabaseConfig database;
  private final Map<String, String> settings;
  private final RecordingServices services;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Database opened;
  private Gateway gateway;
  private final Described described;

  private TestGateway(Map<String, String> more) {
    this.database = EmbeddedDatabases.fresh();
    AtomicReference<URI> jwks = new AtomicReference<>();
    this.services = RecordingServices.start(TokenVerifier.of(keys(jwks), SERVICE_SECRET));
    this.settings = settings(more);
    this.gateway = Gateway.start(GatewayConfig.from(Settings.of(settings)));
    jwks.set(address("/.well-known/jwks.json"));
    this.described = new Described(gateway.description());
    this.opened = Database.open(database, "gateway", new SimpleMeterRegistry());
    var _ = gateway.bootstrap().workspaceId();
    services.reset();
  }

  public static TestGateway start() {
    return start(Map.of());
  }

  /** With these settings beside those every test has. */
  public static TestGateway start(Map<String, String> more) {
    return new TestGateway(more);
  }

  public Gateway gateway() {
    return gateway;
  }

  public DatabaseConfig database() {
    return database;
  }

  /** The gateway's own database, for looking behind the scenes. */
  public Jdbi jdbi() {
    return opened.jdbi();
  }

  /** What this gateway was told at its start. */
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  public RecordingServices services() {
    return services;
  }

  public MessageKeyCodec keys() {
    return new MessageKeyCodec(MESSAGE_KEY_SECRET);
  }

  /** The workspace of {@link #OWNER_KEY}. */
  public long workspace() {
    return gateway.bootstrap().workspaceId();
  }

  public URI address(String path) {
    return URI.create("http://127.0.0.1:" + gateway.port() + path);
  }

  /** A key of this role in the first workspace. */
  public String key(Role role) {
    return gateway.bootstrapping().newApiKey(workspace(), "test " + role, role);
  }

  /** A further workspace; the services are not told of it. */
  public long newWorkspace(String name) {
    long id = Ids.next();
    jdbi()
        .useHandle(
            handle ->
                handle.execute(
                    "insert into gateway.workspace (id, name, time_zone, currency, provision_time)"
                        + " values (?, ?, 'UTC', 'USD', now())",
                    id,
                    name));
    return id;
  }

  /** Something in quarantine that belongs to a workspace. */
  public long quarantine(long workspace) {
    return jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        insert into gateway.quarantine
                          (workspace_id, webhook_id, channel_id, path, reason, message, body, receive_time)
                        values (:workspace, :webhook, 0, 'entry[0]', 'STATUS_UNKNOWN', 'No.', '{}', now())
                        returning id
                        """)
                    .bind("workspace", workspace)
                    .bind("webhook", Ids.next())
                    .mapTo(Long.class)
                    .one());
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  public Answer patch(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(json)));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** A request with the owner's key. */
  public HttpRequest.Builder request(String path) {
    return anonymous(path).header("Authorization", "Bearer " + OWNER_KEY);
  }

  /** A request with another key. */
  public HttpRequest.Builder requestWith(String key, String path) {
    return anonymous(path).header("Authorization", "Bearer " + key);
  }

  public HttpRequest.Builder anonymous(String path) {
    return HttpRequest.newBuilder(address(path)).timeout(Duration.ofSeconds(20));
  }

  /** Every answer of the API is held against its description. */
  public Answer send(HttpRequest.Builder builder) {
    HttpRequest request = builder.build();
    try {
      Answer answer = Answer.of(http.send(request, BodyHandlers.ofByteArray()));
      String path = request.uri().getPath();
      // 404 and 405 of addresses that do not exist are in no description.
      boolean isHeld = path.startsWith("/api/v1/") || described.has(request.method(), path);
      if (isHeld && !UNDESCRIBED.contains(answer.status() + answer.reasonIfAny())) {
        List<String> differences = described.differences(request.method(), path, answer);
        if (!differences.isEmpty()) {
          throw new AssertionError(
              request.method() + " " + path + ": " + differences + "\n" + answer);
        }
      }
      return answer;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request.build(), handler);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops the gateway and starts it again on the same database. */
  public void restart() {
    restart(Map.of());
  }

  /** The same with some settings changed. */
  public void restart(Map<String, String> changed) {
    gateway.close();
    Map<String, String> values = new HashMap<>(settings);
    values.putAll(changed);
    gateway = Gateway.start(GatewayConfig.from(Settings.of(values)));
  }

  /** Sends these very bytes and reads what comes back until the server closes the connection. */
  public Answer raw(String request) {
    return raw(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Answer raw(byte[] request) {
    try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(40_000);
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
      return Answer.parse(socket.getInputStream().readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    gateway.close();
    services.close();
    opened.close();
    http.close();
  }

  private Map<String, String> settings(Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    values.put("HERALD_HTTP_PORT", "0");
    values.put("HERALD_DB_URL", database.url());
    values.put("HERALD_DB_USER", database.user());
    values.put("HERALD_DB_PASSWORD", database.password().value());
    values.put("HERALD_CAMPAIGN_TARGET", "127.0.0.1:" + services.port());
    values.put("HERALD_ANALYTICS_TARGET", "127.0.0.1:" + services.port());
    values.put("HERALD_BILLING_TARGET", "127.0.0.1:" + services.port());
    values.put("HERALD_SERVICE_SECRET", SERVICE_SECRET.value());
    values.put("HERALD_MESSAGE_KEY_SECRET", MESSAGE_KEY_SECRET.value());
    values.put("HERALD_WHATSAPP_APP_SECRET", APP_SECRET.value());
    values.put("HERALD_WHATSAPP_VERIFY_TOKEN", VERIFY_TOKEN);
    values.put("HERALD_BOOTSTRAP_API_KEY", OWNER_KEY);
    values.putAll(more);
    return values;
  }

  // The services check tokens against what the gateway publishes, as they do in production.
  private JwksSource keys(AtomicReference<URI> address) {
    return JwksSource.local(
        () -> {
          try {
            HttpRequest request = HttpRequest.newBuilder(address.get()).build();
            return JWKSet.parse(http.send(request, BodyHandlers.ofString()).body());
          } catch (IOException | InterruptedException | ParseException e) {
            throw HeraldException.unavailable("KEYS", String.valueOf(e.getMessage()));
          }
        });
  }
}
