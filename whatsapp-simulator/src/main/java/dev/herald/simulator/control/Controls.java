package dev.herald.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.People;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.account.WaIds;
import dev.herald.simulator.cloudapi.Behaviour;
import dev.herald.simulator.cloudapi.CloudApi;
import dev.herald.simulator.cloudapi.TemplateLifecycle;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateCatalog;
import dev.herald.simulator.template.TemplateStatus;
import dev.herald.simulator.time.Ticker;
import dev.herald.simulator.webhook.Extra;
import dev.herald.simulator.webhook.Webhooks;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the operator of the simulator can see and do, from Java and, through {@link ControlApi},
 * over HTTP: the side that Meta, the persons and the weather play.
 */
public final class Controls {
  private static final long POLL_MICROS = 2000;

  private final Directory directory;
  private final Journal journal;
  private final Webhooks webhooks;
  private final People people;
  private final Behaviour behaviour;
  private final CloudApi cloudApi;
  private final TemplateLifecycle lifecycle;
  private final Ticker ticker;

  public Controls(
      Directory directory,
      Journal journal,
      Webhooks webhooks,
      People people,
      Behaviour behaviour,
      CloudApi cloudApi,
      TemplateLifecycle lifecycle,
      Ticker ticker) {
    this.directory = directory;
    this.journal = journal;
    this.webhooks = webhooks;
    this.people = people;
    this.behaviour = behaviour;
    this.cloudApi = cloudApi;
    this.lifecycle = lifecycle;
    this.ticker = ticker;
  }

  public Directory directory() {
    return directory;
  }

  public Journal journal() {
    return journal;
  }

  public Webhooks webhooks() {
    return webhooks;
  }

  public CloudApi cloudApi() {
    return cloudApi;
  }

  public Scenario scenario() {
    return behaviour.scenario();
  }

  /** Changes the scenario for messages taken from now on. */
  public Scenario change(UnaryOperator<Scenario> change) {
    Scenario changed = behaviour.change(change);
    webhooks.scenarioChanged();
    return changed;
  }

  /**
   * Whether everything planned has been told and acknowledged (or its time for repeating is over).
   */
  public boolean quiet() {
    return webhooks.outstanding() == 0;
  }

  /** Waits until {@link #quiet}; false if it is not within the time. */
  public boolean awaitQuiet(Duration atMost) throws InterruptedException {
    long until = ticker.nanos() + atMost.toNanos();
    while (!quiet()) {
      if (ticker.nanos() - until > 0) {
        return false;
      }
      Thread.sleep(Duration.ofNanos(POLL_MICROS * 1000));
    }
    return true;
  }

  /** Forgets every message, plan and limit; accounts, templates and the scenario stay. */
  public void reset() {
    webhooks.clear();
    journal.reset();
    people.clear();
    cloudApi.clear();
  }

  /** A person writes a text; {@code answering} is the wamid it quotes, or null. */
  public long text(PhoneNumber number, long from, String text, @Nullable String answering) {
    ObjectNode message = Json.object();
    if (answering != null) {
      message.putObject("context").put("from", number.digits()).put("id", answering);
    }
    message.put("type", "text").putObject("text").put("body", text);
    return inbound(number, from, message);
  }

  /** A person taps a quick-reply button of a template message. */
  public long tap(PhoneNumber number, long from, String payload, String text, String answering) {
    ObjectNode message = Json.object();
    message.putObject("context").put("from", number.digits()).put("id", answering);
    message.put("type", "button").putObject("button").put("payload", payload).put("text", text);
    return inbound(number, from, message);
  }

  /** A person sends a message, given as Meta writes it, without id, from and timestamp. */
  public long inbound(PhoneNumber number, long from, ObjectNode message) {
    return webhooks.tell(new Extra.Inbound(number, waId(from), message), ticker.micros());
  }

  /** A person stops or resumes marketing messages. */
  public void marketing(PhoneNumber number, long person, boolean stop) {
    webhooks.tell(new Extra.Preference(number, waId(person), stop), ticker.micros());
  }

  /** Tells a change of an account under any webhook field. */
  public void tell(BusinessAccount account, String field, JsonNode value) {
    webhooks.tell(new Extra.AccountChange(account, field, value), ticker.micros());
  }

  private long waId(long digits) {
    return scenario().is(Knob.LOCAL_WA_IDS) ? WaIds.of(digits) : digits;
  }

  public Optional<Template> templateStatus(
      BusinessAccount account, String name, String language, TemplateStatus status, String reason) {
    return lifecycle.status(account, name, language, status, reason);
  }

  public Optional<Template> templateCategory(
      BusinessAccount account, String name, String language, MessageKind category) {
    return lifecycle.category(account, name, language, category);
  }

  public void announceTemplateCategory(
      BusinessAccount account, Template template, MessageKind category) {
    lifecycle.announceCategory(account, template, category);
  }

  public App addApp(App app) {
    directory.add(app);
    webhooks.callbacksChanged();
    return app;
  }

  /** Points an app to another callback URL, verified before the first post. */
  public App callback(App app, @Nullable String url, String verifyToken) {
    App changed = app.withCallback(url, verifyToken);
    directory.replace(changed);
    webhooks.callbacksChanged();
    return changed;
  }

  public App replace(App app) {
    directory.replace(app);
    return app;
  }

  /**
   * Adds an account with the default templates to which the given apps are subscribed; none named =
   * every app may use it.
   */
  public BusinessAccount addAccount(
      String id, String name, Set<String> users, Set<String> subscribers) {
    BusinessAccount account = directory.addAccount(id, name, TemplateCatalog.defaults(), users);
    account.subscribers().addAll(subscribers);
    return account;
  }

  public PhoneNumber addNumber(
      String id,
      BusinessAccount account,
      String digits,
      String verifiedName,
      int perSecond,
      int burst) {
    PhoneNumber number =
        directory.addNumber(id, account, digits, verifiedName, perSecond, burst, ticker.nanos());
    journal.number(number);
    return number;
  }

  public void throughput(PhoneNumber number, int perSecond, int burst) {
    number.throughput(perSecond, burst, ticker.nanos());
  }

  /**
   * Posts any bytes to an app's callback URL; a null signature means the right one. Returns the
   * HTTP status.
   */
  public int post(App app, byte[] body, @Nullable String signature)
      throws IOException, InterruptedException {
    return webhooks.sendRaw(app, body, signature);
  }

  public Optional<Message> messageByWamid(String wamid) {
    return journal.byWamid(wamid);
  }
}
