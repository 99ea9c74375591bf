package dev.herald.simulator.journal;

import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Subject;
import dev.herald.simulator.scenario.Update;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The judge's book: every message WhatsApp took, what was going to happen to it, and what of that
 * the receiver has acknowledged; and every attempt to send. Append-only until it is {@link #reset}.
 * Kept in memory up to a limit, and in a file if one is given, where each event is written before
 * it is answered. Safe for concurrent use.
 */
public final class Journal implements AutoCloseable {
  private static final int MOST_REPEATED_KEPT = 10_000;

  private static final int KIND_MASK = 3;
  private static final int HELD = 1 << 2;
  private static final int WINDOW_OPEN = 1 << 3;
  private static final int OPTED_OUT = 1 << 4;
  private static final int MEDIA_LINK = 1 << 5;
  private static final int QUICK_REPLY = 1 << 6;
  private static final int FREE = 1 << 7;
  private static final int HAS_CALLBACK = 1 << 8;
  private static final int FAULT_SHIFT = 12;
  private static final int APP_SHIFT = 16;

  private final Directory directory;
  private final int limit;
  private final @Nullable JournalFile file;
  private final Attempts attempts;

  private final Deque<Chunk> chunks = new ArrayDeque<>();
  private final List<Scenario> scenarios = new ArrayList<>();
  private final List<String> templates = new ArrayList<>();
  private final Map<String, Integer> templateIndex = new HashMap<>();
  private final Map<Long, ButtonTap> taps = new HashMap<>();
  private final List<String> repeated = new ArrayList<>();
  private Wamids wamids;
  private long nextId = 1;
  private long repeatedCount;
  private long forgotten;
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
    this.limit = limit;
    this.attempts = new Attempts(2 * limit);
    this.wamids = new Wamids(new SecureRandom().nextLong());
    if (path != null) {
      JournalFile.read(path, new Restorer(lost));
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

  private long add(long id, Acceptance accepted) {
    byte[] callback = bytes(accepted.subject().callback());
    if (accepted.hasCallback()) {
      noteRepetition(callback);
    }
    Chunk chunk = chunks.peekLast();
    if (chunk == null || chunk.isFull() || id != chunk.lastId() + 1) {
      chunk = new Chunk(id);
      chunks.addLast(chunk);
      forgetOldest();
    }
    int row = chunk.add(accepted.to(), callback);
    Outcome outcome = accepted.outcome();
    chunk.waId[row] = accepted.waId();
    chunk.acceptedAt[row] = accepted.acceptedAt();
    chunk.number[row] = accepted.number().index();
    chunk.facts[row] = facts(accepted);
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

  private static int facts(Acceptance accepted) {
    Subject subject = accepted.subject();
    return subject.kind().code()
        | (accepted.outcome().held() ? HELD : 0)
        | (subject.windowOpen() ? WINDOW_OPEN : 0)
        | (subject.optedOut() ? OPTED_OUT : 0)
        | (subject.mediaLink() ? MEDIA_LINK : 0)
        | (subject.quickReply() ? QUICK_REPLY : 0)
        | (accepted.freeOfCharge() ? FREE : 0)
        | (accepted.hasCallback() ? HAS_CALLBACK : 0)
        | (accepted.fault().code() << FAULT_SHIFT)
        | (accepted.app() << APP_SHIFT);
  }

  private void noteRepetition(byte[] callback) {
    boolean[] known = new boolean[1];
    for (Chunk chunk : chunks) {
      chunk.rowsOfCallback(callback, row -> known[0] |= (chunk.facts[row] & HAS_CALLBACK) != 0);
    }
    if (known[0]) {
      repeatedCount++;
      if (repeated.size() < MOST_REPEATED_KEPT) {
        repeated.add(new String(callback, StandardCharsets.UTF_8));
      }
    }
  }

  private void forgetOldest() {
    if (chunks.size() > 1 + Math.ceilDiv(limit, Chunk.SIZE)) {
      Chunk oldest = chunks.removeFirst();
      forgotten += oldest.size;
      taps.keySet().removeIf(id -> id <= oldest.lastId());
    }
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
    Chunk chunk = chunkOf(id);
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

  private void acknowledge(int app, long id, Update update) {
    Chunk chunk = chunkOf(id);
    if (chunk == null) {
      return;
    }
    int row = (int) (id - chunk.firstId);
    if (chunk.facts[row] >>> APP_SHIFT == app) {
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
    Chunk chunk = chunkOf(id);
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
    Predicate<Message> meant = filter(query);
    if (query.callbackData() != null || query.to().isPresent()) {
      candidates(
          query,
          id -> {
            if (id > after && page.size() < most) {
              message(id).filter(meant).ifPresent(page::add);
            }
          });
      page.sort(java.util.Comparator.comparingLong(Message::id));
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

  private void candidates(Query query, LongConsumer id) {
    for (Chunk chunk : chunks) {
      if (query.callbackData() != null) {
        chunk.rowsOfCallback(bytes(query.callbackData()), row -> id.accept(chunk.firstId + row));
      } else {
        chunk.rowsOfRecipient(query.to().orElseThrow(), row -> id.accept(chunk.firstId + row));
      }
    }
  }

  private static Predicate<Message> filter(Query query) {
    return message ->
        (query.phoneNumberId() == null || query.phoneNumberId().equals(message.number().id()))
            && (query.to().isEmpty() || query.to().getAsLong() == message.to())
            && (query.callbackData() == null || query.callbackData().equals(message.callbackData()))
            && (query.callbackPrefix() == null
                || (message.callbackData() != null
                    && message.callbackData().startsWith(query.callbackPrefix())));
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
              HttpFault.at((chunk.facts[row] >>> FAULT_SHIFT) & 0xF),
              (chunk.facts[row] & HELD) != 0,
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
    return repeatedCount;
  }

  /** The callback data of the first ten thousand such messages. */
  public synchronized List<String> repeated() {
    return List.copyOf(repeated);
  }

  /** Messages dropped from memory because of the limit. A judge must find 0. */
  public synchronized long forgotten() {
    return forgotten;
  }

  /** Messages taken so far, forgotten ones included. */
  public synchronized long accepted() {
    return forgotten + chunks.stream().mapToLong(chunk -> chunk.size).sum();
  }

  /** Forgets everything, file included. Numbers of messages are not used again. */
  public synchronized void reset() {
    chunks.clear();
    taps.clear();
    repeated.clear();
    repeatedCount = 0;
    forgotten = 0;
    attempts.clear();
    if (file != null) {
      file.restart(wamids.run());
      file.scenario(scenarios.getLast());
    }
  }

  /** Calls back with what was decided for each message meant, computed again from its scenario. */
  public synchronized void outcomes(Query query, OutcomeConsumer consumer) {
    Predicate<Message> meant = filter(query);
    for (Chunk chunk : chunks) {
      for (int row = 0; row < chunk.size; row++) {
        if (query.equals(Query.ALL) || meant.test(view(chunk, row))) {
          consumer.accept(
              chunk.firstId + row,
              chunk.acceptedAt[row],
              scenarios.get(chunk.scenario[row]).outcome(subject(chunk, row)),
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

  private static Subject subject(Chunk chunk, int row) {
    int facts = chunk.facts[row];
    return new Subject(
        chunk.to[row],
        new String(chunk.callback(row), StandardCharsets.UTF_8),
        MessageKind.at(facts & KIND_MASK),
        (facts & MEDIA_LINK) != 0,
        (facts & QUICK_REPLY) != 0,
        (facts & OPTED_OUT) != 0,
        (facts & WINDOW_OPEN) != 0);
  }

  private Message view(Chunk chunk, int row) {
    int facts = chunk.facts[row];
    long id = chunk.firstId + row;
    int template = chunk.template[row];
    boolean hasCallback = (facts & HAS_CALLBACK) != 0;
    return new Message(
        id,
        wamids.outbound(id, chunk.waId[row]),
        directory.numberAt(chunk.number[row]),
        facts >>> APP_SHIFT,
        chunk.to[row],
        chunk.waId[row],
        hasCallback ? new String(chunk.callback(row), StandardCharsets.UTF_8) : null,
        MessageKind.at(facts & KIND_MASK),
        template < 0 ? null : templates.get(template),
        (facts & HELD) != 0,
        (facts & FREE) != 0,
        HttpFault.at((facts >>> FAULT_SHIFT) & 0xF),
        chunk.failure[row],
        chunk.acceptedAt[row],
        Update.set(chunk.planned[row]),
        Update.set(chunk.emitted[row]),
        Update.set(chunk.acknowledged[row]));
  }

  private @Nullable Chunk chunkOf(long id) {
    Chunk last = chunks.peekLast();
    if (last == null || id > last.lastId()) {
      return null;
    }
    // Most questions are about recent messages.
    if (id >= last.firstId) {
      return last;
    }
    for (Chunk chunk : chunks) {
      if (id >= chunk.firstId && id <= chunk.lastId()) {
        return chunk;
      }
    }
    return null;
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

  /** Rebuilds the journal from the file of an earlier run. */
  private final class Restorer implements JournalFile.Reader {
    private final BiConsumer<String, String> numberLost;

    Restorer(BiConsumer<String, String> numberLost) {
      this.numberLost = numberLost;
    }

    @Override
    public void started(long run) {
      wamids = new Wamids(run);
    }

    @Override
    public void number(
        String id, String accountId, String digits, String verifiedName, int throughput) {
      if (directory.number(id) == null) {
        BusinessAccount account = directory.account(accountId).orElse(null);
        if (account == null) {
          numberLost.accept(id, accountId);
        } else {
          directory.addNumber(
              id, account, digits, verifiedName, throughput, throughput, System.nanoTime());
        }
      }
    }

    @Override
    public void scenario(Map<String, String> settings) {
      scenarios.add(Scenario.realistic().with(settings));
    }

    @Override
    public void accepted(long id, JournalFile.Restored message) {
      PhoneNumber number = directory.number(message.phoneNumberId());
      if (number == null || message.app() >= directory.apps().size()) {
        numberLost.accept(message.phoneNumberId(), "");
        return;
      }
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

    @Override
    public void acknowledged(String appId, List<Long> ids, List<Update> updates) {
      directory
          .app(appId)
          .map(directory::indexOf)
          .ifPresent(
              app -> {
                for (int i = 0; i < ids.size(); i++) {
                  acknowledge(app, ids.get(i), updates.get(i));
                }
              });
    }
  }
}
