package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.Directory.OwnedTemplate;
import dev.herald.simulator.account.People;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.cloudapi.MediaStore.Media;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.limit.PairLimit;
import dev.herald.simulator.time.Ticker;
import dev.herald.simulator.webhook.Webhooks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Meta's side of the Cloud API: finds what a path means and who is asking, and hands over. */
public final class CloudApi {
  private static final Pattern VERSION = Pattern.compile("v\\d{1,3}\\.\\d{1,2}");
  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final String BEARER = "Bearer ";

  private final Directory directory;
  private final SendEndpoint sends;
  private final TemplateEndpoint templates;
  private final NumberEndpoint numbers;
  private final Subscriptions subscriptions;
  private final MediaEndpoint mediaFiles;
  private final MediaStore media = new MediaStore();
  private final Refusals refusals = new Refusals();
  private final SentRequests requests = new SentRequests();

  public CloudApi(
      Directory directory,
      Journal journal,
      Webhooks webhooks,
      People people,
      Behaviour behaviour,
      TemplateLifecycle lifecycle,
      Ticker ticker) {
    this.directory = directory;
    this.sends =
        new SendEndpoint(
            directory,
            journal,
            webhooks,
            people,
            behaviour,
            refusals,
            requests,
            media,
            new PairLimit(),
            ticker);
    this.templates = new TemplateEndpoint(lifecycle);
    this.subscriptions = new Subscriptions(directory, webhooks);
    this.numbers = new NumberEndpoint(directory, subscriptions);
    this.mediaFiles = new MediaEndpoint(media);
  }

  public Refusals refusals() {
    return refusals;
  }

  public SentRequests requests() {
    return requests;
  }

  /** Forgets what limits and ordered errors have in store. */
  public void clear() {
    sends.clear();
    refusals.clear();
    requests.clear();
  }

  /** Answers a request below {@code /v25.0/} or without a version. */
  public void handle(Exchange exchange) throws IOException {
    try {
      List<String> path = List.of(exchange.path().substring(1).split("/", -1));
      if (VERSION.matcher(path.getFirst()).matches()) {
        exchange.header("facebook-api-version", path.getFirst());
        path = path.subList(1, path.size());
      }
      if (path.isEmpty() || path.size() > 2) {
        throw unknownPath(exchange);
      }
      App app = authenticate(exchange);
      String id = path.getFirst();
      if (path.size() == 1) {
        node(exchange, app, id);
      } else {
        edge(exchange, app, id, path.get(1));
      }
    } catch (GraphException e) {
      GraphAnswers.error(exchange, e.error());
    }
  }

  private App authenticate(Exchange exchange) {
    String token =
        exchange
            .header("Authorization")
            .filter(header -> header.startsWith(BEARER))
            .map(header -> header.substring(BEARER.length()).strip())
            .or(() -> Optional.ofNullable(exchange.query().get("access_token")))
            .filter(text -> !text.isEmpty())
            .orElseThrow(() -> new GraphException(GraphError.tokenMissing()));
    App app = directory.appOfToken(token);
    if (app == null) {
      throw new GraphException(GraphError.tokenUnknown());
    }
    return app;
  }

  private void node(Exchange exchange, App app, String id) throws IOException {
    PhoneNumber number = numberOf(app, id);
    if (number != null) {
      switch (exchange.method()) {
        case "GET" -> numbers.get(exchange, app, number);
        case "POST" -> numbers.configure(exchange, app, number, body(exchange));
        default -> throw noSuchObject(exchange, id);
      }
      return;
    }
    Optional<BusinessAccount> account = accountOf(app, id);
    if (account.isPresent() && exchange.method().equals("GET")) {
      account(exchange, account.get());
      return;
    }
    Optional<OwnedTemplate> template = directory.template(id, app);
    if (template.isPresent()) {
      switch (exchange.method()) {
        case "GET" -> templates.get(exchange, template.get());
        case "POST" -> templates.edit(exchange, template.get(), body(exchange));
        default -> throw noSuchObject(exchange, id);
      }
      return;
    }
    Media file = media.find(id).orElseThrow(() -> noSuchObject(exchange, id));
    switch (exchange.method()) {
      case "GET" -> mediaFiles.get(exchange, file);
      case "DELETE" -> mediaFiles.delete(exchange, file);
      default -> throw noSuchObject(exchange, id);
    }
  }

  private static void account(Exchange exchange, BusinessAccount account) {
    Fields fields = Fields.of(exchange.query().get("fields"));
    var json =
        Json.object()
            .put("id", account.id())
            .put("name", account.name())
            .put("currency", "USD")
            .put("timezone_id", "1")
            .put("message_template_namespace", "simulator_" + account.id());
    GraphAnswers.ok(
        exchange,
        fields.of(
            json,
            "WhatsAppBusinessAccount",
            List.of("name", "timezone_id", "message_template_namespace")));
  }

  private void edge(Exchange exchange, App app, String id, String edge) throws IOException {
    String call = exchange.method() + " " + edge;
    PhoneNumber number = numberOf(app, id);
    if (number != null) {
      switch (call) {
        case "POST messages", "POST marketing_messages" -> sends.handle(exchange, app, number);
        case "POST media" -> mediaFiles.upload(exchange);
        default -> throw noSuchObject(exchange, id);
      }
      return;
    }
    BusinessAccount account = accountOf(app, id).orElseThrow(() -> noSuchObject(exchange, id));
    switch (call) {
      case "GET message_templates" -> templates.list(exchange, account);
      case "POST message_templates" -> templates.create(exchange, account, body(exchange));
      case "DELETE message_templates" -> templates.delete(exchange, account);
      case "GET phone_numbers" -> numbers.list(exchange, app, account);
      case "GET subscribed_apps" -> subscriptions.list(exchange, account);
      case "POST subscribed_apps" ->
          subscriptions.subscribe(exchange, app, account, body(exchange));
      case "DELETE subscribed_apps" -> subscriptions.unsubscribe(exchange, app, account);
      default -> throw noSuchObject(exchange, id);
    }
  }

  /** The number, if the app may use it: to others it does not exist. */
  private @Nullable PhoneNumber numberOf(App app, String id) {
    PhoneNumber number = directory.number(id);
    return number != null && number.account().allows(app) ? number : null;
  }

  private Optional<BusinessAccount> accountOf(App app, String id) {
    return directory.account(id).filter(account -> account.allows(app));
  }

  private static JsonNode body(Exchange exchange) throws IOException {
    byte[] bytes = exchange.body(MOST_BODY_BYTES).orElse(new byte[0]);
    if (bytes.length == 0) {
      return Json.object();
    }
    try {
      return Json.parse(bytes);
    } catch (IOException e) {
      throw new GraphException(GraphError.parameter("The body is not valid JSON."));
    }
  }

  private static GraphException noSuchObject(Exchange exchange, String id) {
    return new GraphException(GraphError.noSuchObject(exchange.method(), id));
  }

  private static GraphException unknownPath(Exchange exchange) {
    return new GraphException(
        new GraphError(
            400,
            2500,
            null,
            "OAuthException",
            "Unknown path components: " + exchange.path(),
            null));
  }
}
