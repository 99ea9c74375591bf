package dev.herald.simulator.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.CallbackOverride;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.People;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.PlannedUpdate;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import dev.herald.simulator.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the subscribed apps what happens, as Meta does: signed, in batches, at least once, in no
 * particular order. It is handed plans and never makes its caller wait for a receiver.
 */
public final class Webhooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final int MOST_EXTRAS = 200_000;

  private final Directory directory;
  private final Journal journal;
  private final People people;
  private final Supplier<Scenario> scenario;
  private final Ticker ticker;

  private final Timeline timeline;
  private final Receiver receiver = new Receiver();
  private final Map<TargetKey, Target> targets = new ConcurrentHashMap<>();
  private final List<Target> retired = new CopyOnWriteArrayList<>();
  private final Map<Long, WaitingExtra> extras = new ConcurrentHashMap<>();
  private final AtomicLong nextExtra = new AtomicLong(1);
  private final AtomicLong posts = new AtomicLong();
  private final AtomicLong untold = new AtomicLong();
  private final Target.Surroundings surroundings = new Around();
  private volatile boolean paused;
  private volatile boolean closed;

  private record TargetKey(String appId, String url) {}

  /** An extra and how many targets have yet to acknowledge it; the count is set when it happens. */
  private record WaitingExtra(Extra extra, AtomicInteger receivers) {}

  public Webhooks(
      Directory directory,
      Journal journal,
      People people,
      Supplier<Scenario> scenario,
      Ticker ticker) {
    this.directory = directory;
    this.journal = journal;
    this.people = people;
    this.scenario = scenario;
    this.ticker = ticker;
    this.timeline = new Timeline(ticker, this::happening);
  }

  /** Starts telling, beginning with what an earlier run had planned and not got acknowledged. */
  public void start() {
    journal.outcomes(
        Query.ALL,
        (id, acceptedAt, outcome, emitted, acknowledged) -> {
          remember(id, acceptedAt, outcome, acknowledged);
          timeline.plan(id, acceptedAt, outcome, acknowledged);
        });
    timeline.start();
    callbacksChanged();
  }

  private void remember(long id, long acceptedAt, Outcome outcome, int acknowledged) {
    for (PlannedUpdate planned : outcome.updates()) {
      if ((planned.update().bit() & acknowledged) != 0 && !planned.update().isStatus()) {
        long happenedAt = acceptedAt + planned.happensAfter();
        journal
            .message(id)
            .ifPresent(message -> changePerson(message, planned.update(), happenedAt));
      }
    }
  }

  /**
   * Begins the handshake with callback URLs that are new; what waits for one no longer used moves
   * to the app's own.
   */
  public synchronized void callbacksChanged() {
    for (App app : directory.apps()) {
      if (app.callbackUrl() != null) {
        Target own = target(app.id(), app.callbackUrl(), false);
        List<Target> old =
            targets.values().stream()
                .filter(
                    target ->
                        target.appId().equals(app.id()) && target != own && !isOverride(target))
                .toList();
        for (Target target : old) {
          List<UpdateRef> left = target.retire();
          own.offer(left, ticker.micros());
          target.forget(left.size());
          targets.remove(new TargetKey(target.appId(), target.url()));
          retired.add(target);
        }
      }
    }
  }

  private boolean isOverride(Target target) {
    return directory.accounts().stream()
        .flatMap(account -> account.overrides().values().stream())
        .anyMatch(override -> override.url().equals(target.url()));
  }

  /** Plans what will be told of a message. */
  public void plan(long id, long acceptedAt, Outcome outcome) {
    timeline.plan(id, acceptedAt, outcome, 0);
  }

  /**
   * Tells something that belongs to no message; due at microseconds since 1970. Returns its number.
   */
  public long tell(Extra extra, long dueAt) {
    if (extras.size() >= MOST_EXTRAS) {
      throw new IllegalStateException(
          "too many updates started by hand are waiting (" + MOST_EXTRAS + ")");
    }
    long id = nextExtra.getAndIncrement();
    extras.put(id, new WaitingExtra(extra, new AtomicInteger()));
    timeline.plan(dueAt, new UpdateRef(id, UpdateRef.EXTRA, 0, dueAt));
    return id;
  }

  /** Tells again what has been told of the messages meant; returns how many updates. */
  public long replay(Query query) {
    List<UpdateRef> again = new ArrayList<>();
    journal.outcomes(
        query,
        (id, acceptedAt, outcome, emitted, acknowledged) -> {
          int seen = 0;
          for (PlannedUpdate planned : outcome.updates()) {
            int bit = planned.update().bit();
            if ((emitted & bit) != 0 && (seen & bit) == 0) {
              seen |= bit;
              again.add(
                  new UpdateRef(
                      id, planned.update().code(), 0, acceptedAt + planned.happensAfter()));
            }
          }
        });
    long now = ticker.micros();
    again.forEach(update -> timeline.plan(now, update));
    return again.size();
  }

  public void pause() {
    paused = true;
  }

  public void resume() {
    paused = false;
    targets.values().forEach(target -> target.wake(false));
  }

  /** Lets waiting updates follow a changed scenario at once. */
  public void scenarioChanged() {
    targets.values().forEach(target -> target.wake(false));
  }

  public boolean paused() {
    return paused;
  }

  /** Makes everything planned happen now. */
  public void fastForward() {
    timeline.fastForward();
    targets.values().forEach(target -> target.wake(true));
  }

  /** Updates planned, waiting or under way. */
  public long outstanding() {
    // The timeline first: an update only ever moves from there to a target, so it is not missed, at
    // worst seen twice.
    long count = timeline.size();
    for (Target target : retired) {
      count += target.size();
    }
    for (Target target : targets.values()) {
      count += target.size();
    }
    return count;
  }

  /** Updates that happened while nobody was subscribed. */
  public long untold() {
    return untold.get();
  }

  /** Forgets what is planned and waiting. */
  public void clear() {
    timeline.clear();
    targets.values().forEach(Target::clear);
    extras.clear();
  }

  /** Posts any bytes, signed, to an app's callback URL and returns the HTTP status. */
  public int sendRaw(App app, byte[] body, @Nullable String signature)
      throws IOException, InterruptedException {
    if (app.callbackUrl() == null) {
      throw new IllegalArgumentException("app " + app.id() + " has no callback URL");
    }
    String signed = signature == null ? Signature.of(body, app.appSecret()) : signature;
    return receiver.post(app.callbackUrl(), body, signed, Duration.ofSeconds(30));
  }

  /** Asks a callback URL to prove itself; empty if it did, else what went wrong. */
  public Optional<String> handshake(String url, String verifyToken) {
    return receiver.handshake(url, verifyToken);
  }

  public ArrayNode json() {
    ArrayNode array = Json.array();
    targets.values().forEach(target -> array.add(target.json()));
    return array;
  }

  /** The timeline says that these updates happen now. */
  private void happening(List<UpdateRef> due) {
    try {
      Map<Target, List<UpdateRef>> byTarget = new LinkedHashMap<>();
      Map<PhoneNumber, List<Target>> routes = new HashMap<>();
      for (UpdateRef update : due) {
        List<Target> receivers = receivers(update, routes);
        if (receivers.isEmpty()) {
          untold.incrementAndGet();
        }
        if (update.isExtra()) {
          expectAcknowledgements(update.id(), receivers.size());
        }
        receivers.forEach(
            target -> byTarget.computeIfAbsent(target, key -> new ArrayList<>()).add(update));
      }
      long now = ticker.micros();
      byTarget.forEach((target, updates) -> target.offer(updates, now));
    } catch (RuntimeException e) {
      LOG.error("{} planned updates could not be handed over.", due.size(), e);
    }
  }

  private List<Target> receivers(UpdateRef update, Map<PhoneNumber, List<Target>> routes) {
    if (update.isExtra()) {
      return switch (extra(update.id())) {
        case Extra.Inbound inbound -> {
          wrote(inbound.number(), inbound.waId(), update.happenedAt());
          yield routes.computeIfAbsent(inbound.number(), this::targetsOf);
        }
        case Extra.Preference preference -> {
          people.marketing(
              preference.number(), preference.waId(), preference.stop(), ticker.micros());
          yield routes.computeIfAbsent(preference.number(), this::targetsOf);
        }
        case Extra.AccountChange change -> targetsOf(change.account());
        case null -> List.of();
      };
    }
    Message message = journal.message(update.id()).orElse(null);
    if (message == null) {
      return List.of();
    }
    if (message.planned().contains(update.update())
        && !message.emitted().contains(update.update())) {
      journal.emitted(update.id(), update.update());
      changePerson(message, update.update(), update.happenedAt());
    }
    return routes.computeIfAbsent(message.number(), this::targetsOf);
  }

  private @Nullable Extra extra(long id) {
    WaitingExtra waiting = extras.get(id);
    return waiting == null ? null : waiting.extra();
  }

  private void expectAcknowledgements(long id, int receivers) {
    WaitingExtra waiting = extras.get(id);
    if (waiting != null) {
      waiting.receivers().set(receivers);
      if (receivers == 0) {
        extras.remove(id);
      }
    }
  }

  private void changePerson(Message message, Update update, long happenedAt) {
    if (update.isInbound()) {
      wrote(message.number(), message.waId(), happenedAt);
    } else if (update == Update.OPT_OUT) {
      people.marketing(message.number(), message.waId(), true, ticker.micros());
    }
  }

  private void wrote(PhoneNumber number, long waId, long at) {
    Scenario now = scenario.get();
    people.wrote(number, waId, at, now.micros(Knob.WINDOW), ticker.micros());
    if (now.is(Knob.INBOUND_COUNTS)) {
      number.throughput().take(ticker.nanos());
    }
  }

  private List<Target> targetsOf(PhoneNumber number) {
    List<Target> found = new ArrayList<>();
    BusinessAccount account = number.account();
    for (String appId : account.subscribers()) {
      CallbackOverride override = account.overrides().get(appId + "/" + number.id());
      if (override == null) {
        override = account.overrides().get(appId);
      }
      if (override != null) {
        found.add(target(appId, override.url(), true));
      } else {
        appTarget(appId).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Account changes go to the apps' own callback URLs: alternate URLs are for messages only. */
  private List<Target> targetsOf(BusinessAccount account) {
    return account.subscribers().stream().flatMap(appId -> appTarget(appId).stream()).toList();
  }

  private Optional<Target> appTarget(String appId) {
    return directory.app(appId).map(App::callbackUrl).map(url -> target(appId, url, false));
  }

  private Target target(String appId, String url, boolean verified) {
    return targets.computeIfAbsent(
        new TargetKey(appId, url), key -> new Target(appId, url, verified, surroundings).start());
  }

  @Override
  public void close() {
    closed = true;
    timeline.close();
    targets.values().forEach(Target::close);
    receiver.close();
  }

  private final class Around implements Target.Surroundings {
    @Override
    public Scenario scenario() {
      return scenario.get();
    }

    @Override
    public long now() {
      return ticker.micros();
    }

    @Override
    public boolean paused() {
      return paused;
    }

    @Override
    public App app(String id) {
      return directory.app(id).orElseThrow();
    }

    @Override
    public Receiver receiver() {
      return receiver;
    }

    @Override
    public long nextPost() {
      return posts.getAndIncrement();
    }

    @Override
    public byte[] body(List<UpdateRef> updates, long post) {
      return new Envelope(scenario.get(), journal, Webhooks.this::extra).of(updates, post);
    }

    @Override
    public void acknowledged(App app, List<UpdateRef> updates) {
      if (closed) {
        return;
      }
      List<UpdateRef> ofMessages = updates.stream().filter(update -> !update.isExtra()).toList();
      journal.acknowledged(
          app,
          ticker.micros(),
          ofMessages.stream().mapToLong(UpdateRef::id).toArray(),
          ofMessages.stream().map(UpdateRef::update).toArray(Update[]::new));
      updates.stream().filter(UpdateRef::isExtra).forEach(update -> forget(update.id()));
    }

    private void forget(long id) {
      WaitingExtra waiting = extras.get(id);
      if (waiting != null && waiting.receivers().decrementAndGet() <= 0) {
        extras.remove(id);
      }
    }

    @Override
    public void refused(Target refusing, List<UpdateRef> updates) {
      // Meta repeats to every subscribed app, so one that has acknowledged an update may hear it
      // again.
      List<UpdateRef> fresh =
          updates.stream().filter(update -> update.attempt() == 0 && !update.isExtra()).toList();
      if (targets.size() > 1 && !fresh.isEmpty()) {
        echo(refusing, fresh);
      }
    }

    @Override
    public void orphaned(Target target, List<UpdateRef> updates) {
      if (!closed) {
        appTarget(target.appId()).ifPresent(own -> own.offer(updates, ticker.micros()));
      }
    }

    private void echo(Target refusing, List<UpdateRef> fresh) {
      Map<Target, List<UpdateRef>> others = new LinkedHashMap<>();
      for (UpdateRef update : fresh) {
        journal
            .message(update.id())
            .ifPresent(
                message ->
                    targetsOf(message.number()).stream()
                        .filter(target -> target != refusing)
                        .forEach(
                            target ->
                                others
                                    .computeIfAbsent(target, key -> new ArrayList<>())
                                    .add(update.failedOnceMore())));
      }
      long due = ticker.micros() + scenario.get().micros(Knob.WEBHOOK_RETRY_DELAY);
      others.forEach((target, echoes) -> target.offer(echoes, due));
    }
  }
}
