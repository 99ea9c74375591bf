package dev.herald.simulator.journal;

import dev.herald.simulator.account.App;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The judge's book: every message WhatsApp took, what was going to happen to it, and what of that
 * the receiver has acknowledged; and every attempt to send. Append-only until it is {@link #reset}.
 * Kept in memory up to a limit, and in a file if one is given, where each event is written before
 * it is answered. Safe for concurrent use.
 */
public final class Journal implements AutoCloseable {
  private final Directory directory;
  private final @Nullable JournalFile file;
  private final Attempts attempts;

  private final Chunks chunks;
  private final List<Scenario> scenarios = new ArrayList<>();
  private final List<String> templates = new ArrayList<>();
  private final Map<String, Integer> templateIndex = new HashMap<>();
  private final TreeMap<Long, ButtonTap> taps = new TreeMap<>();
  private final Repetitions repetitions = new Repetitions();
  private Wamids wamids;
  private long nextId = 1;
  private boolean closed;

  /**
   * Opens the journal, reading what an earlier run left in the file.
   *
   * @param limit messages kept in memory; the oldest beyond it are forgotten
   */
  public Journal(
      Directory directory,
      int limit,
      @Nullable Path path,
      Scenario scenario,
      BiConsumer<String, String> lost) {
    this.directory = directory;
    this.chunks = new Chunks(limit);
    this.attempts = new Attempts(2 * limit);
    this.wamids = new Wamids(new SecureRandom().nextLong());
    if (path != null) {
      JournalFile.read(path, new Restorer(this, directory, lost));
    }
    this.file = path == null ? null : JournalFile.open(path);
    if (file != null && file.isEmpty()) {
      file.started(wamids.run());
    }
    scenario(scenario);
  }

  /** Makes a scenario known; the answer is how {@link Acceptance} names it. */
  public synchronized int scenario(Scenario scenario) {
    if (scenarios.isEmpty() || !scenarios.getLast().equals(scenario)) {
      scenarios.add(scenario);
      if (file != null) {
        file.scenario(scenario);
      }
    }
    return scenarios.size() - 1;
  }

  /** Writes down a phone number that is not part of the configuration. */
  public synchronized void number(PhoneNumber number) {
    if (file != null) {
      file.number(number);
    }
  }

  /** Takes a message and returns its number in the journal. */
  public synchronized long accept(Acceptance accepted) {
    long id = add(nextId, accepted);
    if (file != null) {
      file.accepted(id, wamids.outbound(id, accepted.waId()), accepted);
    }
    return id;
  }

  /** Goes on where the run of this number stopped: its messages keep their ids. */
  void continues(long run) {
    wamids = new Wamids(run);
  }

  /** What messages that follow were decided by. */
  void restore(Scenario scenario) {
    scenarios.add(scenario);
  }

  /** Takes a message of an earlier run, decided again by the last scenario. */
  void restore(long id, PhoneNumber number, JournalFile.Restored message) {
    int scenario = scenarios.size() - 1;
    add(
        id,
        new Acceptance(
            number,
            message.app(),
            message.to(),
            message.waId(),
            message.template(),
            message.hasCallback(),
            message.free(),
            message.subject(),
            message.tap(),
            message.fault(),
            scenario,
            scenarios.get(scenario).outcome(message.subject()),
            message.acceptedAt()));
    attempts.add(message.acceptedAt(), number.index(), Attempts.ACCEPTED);
  }

  private long add(long id, Acceptance accepted) {
    byte[] callback = bytes(accepted.subject().callback());
    if (accepted.hasCallback()) {
      repetitions.note(callback, chunks);
    }
    Chunk chunk = chunks.forNext(id);
    taps.headMap(chunks.firstId()).clear();
    int row = chunk.add(accepted.to(), callback);
    Outcome outcome = accepted.outcome();
    chunk.waId[row] = accepted.waId();
    chunk.acceptedAt[row] = accepted.acceptedAt();
    chunk.number[row] = accepted.number().index();
    chunk.facts[row] = Facts.of(accepted);
    chunk.template[row] = accepted.template() == null ? -1 : intern(accepted.template());
    chunk.failure[row] = outcome.failureCode();
    chunk.scenario[row] = accepted.scenario();
    chunk.planned[row] = (short) outcome.bits();
    if (accepted.tap() != null && (outcome.bits() & Update.BUTTON_REPLY.bit()) != 0) {
      taps.put(id, accepted.tap());
    }
    nextId = id + 1;
    return id;
  }

  private int intern(String template) {
    return templateIndex.computeIfAbsent(
        template,
        name -> {
          templates.add(name);
          return templates.size() - 1;
        });
  }

  /** Notes that an update has been handed to the webhook sender. */
  public synchronized void emitted(long id, Update update) {
    Chunk chunk = chunks.of(id);
    if (chunk != null) {
      chunk.emitted[(int) (id - chunk.firstId)] |= (short) update.bit();
    }
  }

  /** Notes that an app's callback URL has answered 200 for these updates. */
  public synchronized void acknowledged(App app, long at, long[] ids, Update[] updates) {
    if (closed) {
      return;
    }
    if (file != null) {
      file.acknowledged(app.id(), at, ids, updates);
    }
    int index = directory.indexOf(app);
    for (int i = 0; i < ids.length; i++) {
      acknowledge(index, ids[i], updates[i]);
    }
  }

  void acknowledge(int app, long id, Update update) {
    Chunk chunk = chunks.of(id);
    if (chunk == null) {
      return;
    }
    int row = (int) (id - chunk.firstId);
    if (Facts.app(chunk.facts[row]) == app) {
      chunk.emitted[row] |= (short) update.bit();
      chunk.acknowledged[row] |= (short) update.bit();
    }
  }

  /** Notes an attempt to send; see {@link Attempts} for results. */
  public void attempt(long at, PhoneNumber number, int result) {
    attempts.add(at, number.index(), result);
  }

  public Attempts attempts() {
    return attempts;
  }

  public synchronized Optional<Message> message(long id) {
    Chunk chunk = chunks.of(id);
    return chunk == null ? Optional.empty() : Optional.of(view(chunk, (int) (id - chunk.firstId)));
  }

  public synchronized Optional<Message> byWamid(String wamid) {
    OptionalLong id = wamids.outboundId(wamid);
    return id.isEmpty()
        ? Optional.empty()
        : message(id.getAsLong()).filter(found -> found.wamid().equals(wamid));
  }

  /** The id of a message to a person. */
  public synchronized String wamid(long id, long waId) {
    return wamids.outbound(id, waId);
  }

  /** The button a person taps in answer to a message. */
  public synchronized @Nullable ButtonTap tap(long id) {
    return taps.get(id);
  }

  /**
   * The id of a person's message; {@code nth} tells several of them apart that belong to the same
   * number.
   */
  public synchronized String inboundWamid(long id, int nth, long waId) {
    return wamids.inbound(id, nth, waId);
  }

  /**
   * Messages in the order they were taken, from the one after {@code after} (0 = from the start).
   */
  public synchronized List<Message> messages(Query query, long after, int most) {
    List<Message> page = new ArrayList<>();
    Predicate<Message> meant = query.predicate();
    if (query.callbackData() != null || query.to().isPresent()) {
      chunks.candidates(
          query,
          id -> {
            if (id > after && page.size() < most) {
              message(id).filter(meant).ifPresent(page::add);
            }
          });
      page.sort(Comparator.comparingLong(Message::id));
      return page;
    }
    byte[] prefix = bytes(query.callbackPrefix());
    for (Chunk chunk : chunks) {
      if (chunk.lastId() <= after) {
        continue;
      }
      for (int row = 0; row < chunk.size && page.size() < most; row++) {
        if (chunk.firstId + row > after && chunk.callbackStartsWith(row, prefix)) {
          Message message = view(chunk, row);
          if (meant.test(message)) {
            page.add(message);
          }
        }
      }
    }
    return page;
  }

  /**
   * Counts of the messages meant by a callback prefix and phone number; the other parts of the
   * query are ignored.
   */
  public synchronized Summary summary(Query query) {
    Summary.Builder summary = new Summary.Builder();
    byte[] prefix = bytes(query.callbackPrefix());
    PhoneNumber number =
        query.phoneNumberId() == null ? null : directory.number(query.phoneNumberId());
    for (Chunk chunk : chunks) {
      for (int row = 0; row < chunk.size; row++) {
        boolean meant =
            (query.phoneNumberId() == null
                    || (number != null && chunk.number[row] == number.index()))
                && chunk.callbackStartsWith(row, prefix);
        if (meant) {
          summary.add(
              Facts.fault(chunk.facts[row]),
              Facts.held(chunk.facts[row]),
              chunk.planned[row],
              chunk.emitted[row],
              chunk.acknowledged[row],
              chunk.failure[row]);
        }
      }
    }
    return summary.build();
  }

  /**
   * How many times callback data was accepted that had been accepted before: second messages to
   * somebody.
   */
  public synchronized long repeatedCount() {
    return repetitions.count();
  }

  /** The callback data of the first ten thousand such messages. */
  public synchronized List<String> repeated() {
    return repetitions.callbacks();
  }

  /** Messages dropped from memory because of the limit. A judge must find 0. */
  public synchronized long forgotten() {
    return chunks.forgotten();
  }

  /** Messages taken so far, forgotten ones included. */
  public synchronized long accepted() {
    return chunks.accepted();
  }

  /** Forgets everything, file included. Numbers of messages are not used again. */
  public synchronized void reset() {
    chunks.clear();
    taps.clear();
    repetitions.clear();
    attempts.clear();
    if (file != null) {
      file.restart(wamids.run());
      file.scenario(scenarios.getLast());
    }
  }

  /** Calls back with what was decided for each message meant, computed again from its scenario. */
  public synchronized void outcomes(Query query, OutcomeConsumer consumer) {
    Predicate<Message> meant = query.predicate();
    for (Chunk chunk : chunks) {
      for (int row = 0; row < chunk.size; row++) {
        if (query.equals(Query.ALL) || meant.test(view(chunk, row))) {
          consumer.accept(
              chunk.firstId + row,
              chunk.acceptedAt[row],
              scenarios
                  .get(chunk.scenario[row])
                  .outcome(
                      Facts.subject(
                          chunk.facts[row],
                          chunk.to[row],
                          new String(chunk.callback(row), StandardCharsets.UTF_8))),
              chunk.emitted[row],
              chunk.acknowledged[row]);
        }
      }
    }
  }

  /** See {@link #outcomes}; the last two are bits of {@link Update#bit()}. */
  @FunctionalInterface
  public interface OutcomeConsumer {
    void accept(long id, long acceptedAt, Outcome outcome, int emitted, int acknowledged);
  }

  private Message view(Chunk chunk, int row) {
    int facts = chunk.facts[row];
    long id = chunk.firstId + row;
    int template = chunk.template[row];
    boolean hasCallback = Facts.hasCallback(facts);
    return new Message(
        id,
        wamids.outbound(id, chunk.waId[row]),
        directory.numberAt(chunk.number[row]),
        Facts.app(facts),
        chunk.to[row],
        chunk.waId[row],
        hasCallback ? new String(chunk.callback(row), StandardCharsets.UTF_8) : null,
        Facts.kind(facts),
        template < 0 ? null : templates.get(template),
        Facts.held(facts),
        Facts.free(facts),
        Facts.fault(facts),
        chunk.failure[row],
        chunk.acceptedAt[row],
        Update.set(chunk.planned[row]),
        Update.set(chunk.emitted[row]),
        Update.set(chunk.acknowledged[row]));
  }

  private static byte[] bytes(@Nullable String text) {
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (file != null) {
      file.close();
    }
  }
}
