package dev.herald.simulator.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.herald.simulator.account.App;
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

  private final Directory directory;
  private final Journal journal;
  private final People people;
  private final Supplier<Scenario> scenario;
  private final Ticker ticker;

  private final Timeline timeline;
  private final Receiver receiver = new Receiver();
  private final Routes routes;
  private final Extras extras = new Extras();
  private final AtomicLong posts = new AtomicLong();
  private final AtomicLong untold = new AtomicLong();
  private volatile boolean paused;
  private volatile boolean closed;

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
    this.routes = new Routes(directory, new Around());
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
  public void callbacksChanged() {
    routes.callbacksChanged();
  }

  /** Plans what will be told of a message. */
  public void plan(long id, long acceptedAt, Outcome outcome) {
    timeline.plan(id, acceptedAt, outcome, 0);
  }

  /**
   * Tells something that belongs to no message; due at microseconds since 1970. Returns its number.
   */
  public long tell(Extra extra, long dueAt) {
    long id = extras.add(extra);
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
    routes.targets().forEach(target -> target.wake(false));
  }

  /** Lets waiting updates follow a changed scenario at once. */
  public void scenarioChanged() {
    routes.targets().forEach(target -> target.wake(false));
  }

  public boolean paused() {
    return paused;
  }

  /** Makes everything planned happen now. */
  public void fastForward() {
    timeline.fastForward();
    routes.targets().forEach(target -> target.wake(true));
  }

  /** Updates planned, waiting or under way. */
  public long outstanding() {
    // The timeline first: an update only ever moves from there to a target, so it is not missed, at
    // worst seen twice.
    return timeline.size() + routes.size();
  }

  /** Updates that happened while nobody was subscribed. */
  public long untold() {
    return untold.get();
  }

  /** Forgets what is planned and waiting. */
  public void clear() {
    timeline.clear();
    routes.targets().forEach(Target::clear);
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
    routes.targets().forEach(target -> array.add(target.json()));
    return array;
  }

  /** The timeline says that these updates happen now. */
  private void happening(List<UpdateRef> due) {
    try {
      Map<Target, List<UpdateRef>> byTarget = new LinkedHashMap<>();
      Map<PhoneNumber, List<Target>> known = new HashMap<>();
      for (UpdateRef update : due) {
        List<Target> receivers = receivers(update, known);
        if (receivers.isEmpty()) {
          untold.incrementAndGet();
        }
        if (update.isExtra()) {
          extras.happened(update.id(), receivers.size());
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

  private List<Target> receivers(UpdateRef update, Map<PhoneNumber, List<Target>> known) {
    if (update.isExtra()) {
      return switch (extras.get(update.id())) {
        case Extra.Inbound inbound -> {
          wrote(inbound.number(), inbound.waId(), update.happenedAt());
          yield known.computeIfAbsent(inbound.number(), routes::of);
        }
        case Extra.Preference preference -> {
          people.marketing(
              preference.number(), preference.waId(), preference.stop(), ticker.micros());
          yield known.computeIfAbsent(preference.number(), routes::of);
        }
        case Extra.AccountChange change -> routes.of(change.account());
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
    return known.computeIfAbsent(message.number(), routes::of);
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

  @Override
  public void close() {
    closed = true;
    timeline.close();
    routes.targets().forEach(Target::close);
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
      return new Envelope(scenario.get(), journal, extras::get).of(updates, post);
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
      updates.stream()
          .filter(UpdateRef::isExtra)
          .forEach(update -> extras.acknowledged(update.id()));
    }

    @Override
    public void refused(Target refusing, List<UpdateRef> updates) {
      // Meta repeats to every subscribed app, so one that has acknowledged an update may hear it
      // again.
      List<UpdateRef> fresh =
          updates.stream().filter(update -> update.attempt() == 0 && !update.isExtra()).toList();
      if (routes.targets().size() > 1 && !fresh.isEmpty()) {
        echo(refusing, fresh);
      }
    }

    @Override
    public void orphaned(Target target, List<UpdateRef> updates) {
      if (!closed) {
        routes.ofApp(target.appId()).ifPresent(own -> own.offer(updates, ticker.micros()));
      }
    }

    private void echo(Target refusing, List<UpdateRef> fresh) {
      Map<Target, List<UpdateRef>> others = new LinkedHashMap<>();
      for (UpdateRef update : fresh) {
        journal
            .message(update.id())
            .ifPresent(
                message ->
                    routes.of(message.number()).stream()
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
