package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.App;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.People;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.account.WaIds;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.journal.Acceptance;
import dev.herald.simulator.journal.Attempts;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.limit.PairLimit;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Subject;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.time.Ticker;
import dev.herald.simulator.webhook.Pricing;
import dev.herald.simulator.webhook.Webhooks;
import java.io.IOException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code POST /{phone_number_id}/messages}. A message is taken exactly when it is in the journal;
 * what the caller gets to hear of it is another matter.
 */
final class SendEndpoint {
  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final int MOST_COUNTED_ATTEMPTS = 200_000;
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Directory directory;
  private final Journal journal;
  private final Webhooks webhooks;
  private final People people;
  private final Behaviour behaviour;
  private final Refusals refusals;
  private final SentRequests requests;
  private final SendValidator validator;
  private final PairLimit pairLimit;
  private final Ticker ticker;

  /** How often a message was refused on purpose, so that trying again can succeed. */
  private final Map<Long, Integer> attempts = new ConcurrentHashMap<>();

  private final Map<ServiceMonth, AtomicLong> servicePerMonth = new ConcurrentHashMap<>();

  /** What became of an attempt, and the answer that is still to be given. */
  private record Decision(int result, Answer answer) {}

  @FunctionalInterface
  private interface Answer {
    void give(Exchange exchange) throws IOException;
  }

  /** A message that is in the journal. */
  private record Taken(String wamid, long waId, boolean held) {
    ObjectNode json(String input) {
      ObjectNode json = Json.object();
      json.put("messaging_product", "whatsapp");
      json.putArray("contacts").addObject().put("input", input).put("wa_id", Long.toString(waId));
      json.putArray("messages")
          .addObject()
          .put("id", wamid)
          .put("message_status", held ? "held_for_quality_assessment" : "accepted");
      return json;
    }
  }

  private record ServiceMonth(String phoneNumberId, YearMonth month) {}

  SendEndpoint(
      Directory directory,
      Journal journal,
      Webhooks webhooks,
      People people,
      Behaviour behaviour,
      Refusals refusals,
      SentRequests requests,
      MediaStore media,
      PairLimit pairLimit,
      Ticker ticker) {
    this.directory = directory;
    this.journal = journal;
    this.webhooks = webhooks;
    this.people = people;
    this.behaviour = behaviour;
    this.refusals = refusals;
    this.requests = requests;
    this.validator = new SendValidator(media);
    this.pairLimit = pairLimit;
    this.ticker = ticker;
  }

  void handle(Exchange exchange, App app, PhoneNumber number) throws IOException {
    byte[] bytes = exchange.body(MOST_BODY_BYTES).orElse(null);
    long now = ticker.micros();
    JsonNode body = bytes == null ? Json.object() : parse(bytes);
    if (body.path("status").isTextual()) {
      markRead(exchange, body);
      return;
    }
    Decision decision;
    try {
      decision = decide(app, number, body, now);
    } catch (GraphException e) {
      decision = new Decision(e.error().code(), to -> GraphAnswers.error(to, e.error()));
    }
    // Written down before it is answered: who has an answer finds it in the journal.
    journal.attempt(now, number, decision.result());
    requests.add(new SentRequests.Sent(now, number.id(), decision.result(), body));
    decision.answer().give(exchange);
  }

  /** A body that is no JSON object has no parameters, which is what Meta complains about then. */
  private static JsonNode parse(byte[] bytes) {
    try {
      JsonNode body = Json.parse(bytes);
      return body.isObject() ? body : Json.object();
    } catch (IOException e) {
      return Json.object();
    }
  }

  private Decision decide(App app, PhoneNumber number, JsonNode body, long now) {
    validator.checkEnvelope(body);
    Scenario scenario = behaviour.scenario();
    String input = body.path("to").textValue();
    OptionalLong recipient = Recipient.digits(input, number);
    if (recipient.isEmpty()) {
      throw new GraphException(
          ErrorCode.PARAMETER_INVALID.answer("Parameter to is not a valid phone number"));
    }
    long to = recipient.getAsLong();
    String callback = SendValidator.callback(body);
    HttpFault fault = fault(scenario, to, callback);
    if (fault != HttpFault.NONE && !fault.afterAccept()) {
      return refuseOnPurpose(number, fault);
    }
    ErrorCode ordered = refusals.next(number);
    if (ordered != null) {
      throw new GraphException(
          ordered == ErrorCode.TOKEN_INVALID ? GraphError.tokenExpired() : ordered.answer());
    }
    if (!number.status().equals("CONNECTED")) {
      throw new GraphException(ErrorCode.NUMBER_NOT_REGISTERED.answer());
    }
    Send send = validator.check(body, number, to);
    Subject subject = subject(send, number, to, callback, now);
    obeyWindow(scenario, subject);
    obeyLimits(scenario, number, to, now);
    boolean hasCallback = body.hasNonNull("biz_opaque_callback_data");
    Taken taken = take(app, number, send, subject, hasCallback, fault, now);
    return new Decision(
        Attempts.ACCEPTED,
        exchange -> {
          var _ = exchange.pause(scenario.answerLatency(to, callback) - (ticker.micros() - now));
          answer(exchange, scenario, fault, subject, taken.json(input));
        });
  }

  private HttpFault fault(Scenario scenario, long to, String callback) {
    if (scenario.stormAt(ticker.sinceStart())) {
      return HttpFault.THROTTLED;
    }
    long key = scenario.attemptKey(to, callback);
    HttpFault fault = scenario.fault(to, callback, attempts.getOrDefault(key, 0));
    if (fault != HttpFault.NONE
        && !fault.afterAccept()
        && attempts.size() < MOST_COUNTED_ATTEMPTS) {
      attempts.merge(key, 1, Integer::sum);
    }
    return fault;
  }

  private static Decision refuseOnPurpose(PhoneNumber number, HttpFault fault) {
    if (fault == HttpFault.UNAVAILABLE) {
      return new Decision(
          ErrorCode.SERVICE.code(), to -> GraphAnswers.error(to, ErrorCode.SERVICE.answer()));
    }
    if (fault == HttpFault.THROTTLED) {
      return new Decision(
          ErrorCode.THROUGHPUT.code(),
          to -> GraphAnswers.throttled(to, number.account().id(), RETRY_AFTER_SECONDS));
    }
    return new Decision(Attempts.RESET, Exchange::reset);
  }

  private Subject subject(Send send, PhoneNumber number, long to, String callback, long now) {
    long waId = waId(to);
    return new Subject(
        to,
        callback,
        send.kind(),
        send.mediaLink(),
        send.tap() != null,
        people.stoppedMarketing(number, waId),
        people.windowOpen(number, waId, now));
  }

  private long waId(long to) {
    return behaviour.scenario().is(Knob.LOCAL_WA_IDS) ? WaIds.of(to) : to;
  }

  private static void obeyWindow(Scenario scenario, Subject subject) {
    boolean outside = subject.kind() == MessageKind.SERVICE && !subject.windowOpen();
    if (outside && scenario.is(Knob.WINDOW_REFUSED_AT_ONCE)) {
      throw new GraphException(ErrorCode.REENGAGEMENT.answer());
    }
  }

  private void obeyLimits(Scenario scenario, PhoneNumber number, long to, long now) {
    if (!number.throughput().tryTake(ticker.nanos())) {
      throw new GraphException(ErrorCode.THROUGHPUT.answer());
    }
    boolean allowed =
        !scenario.is(Knob.PAIR_LIMIT)
            || pairLimit.tryTake(
                number.index(),
                to,
                now,
                scenario.micros(Knob.PAIR_INTERVAL),
                scenario.count(Knob.PAIR_BURST));
    if (!allowed) {
      throw new GraphException(ErrorCode.PAIR_LIMIT.answer());
    }
  }

  private Taken take(
      App app,
      PhoneNumber number,
      Send send,
      Subject subject,
      boolean hasCallback,
      HttpFault fault,
      long now) {
    Behaviour.Current current = behaviour.current();
    Outcome outcome = current.scenario().outcome(subject);
    Template template = send.template();
    long serviceMessages = subject.kind() == MessageKind.SERVICE ? countService(number, now) : 0;
    long waId = waId(subject.person());
    long id =
        journal.accept(
            new Acceptance(
                number,
                directory.indexOf(app),
                subject.person(),
                waId,
                template == null ? null : template.name() + "/" + template.language(),
                hasCallback,
                Pricing.isFree(subject.kind(), subject.windowOpen(), now, serviceMessages),
                subject,
                send.tap(),
                fault,
                current.index(),
                outcome,
                now));
    webhooks.plan(id, now, outcome);
    return new Taken(journal.wamid(id, waId), waId, outcome.held());
  }

  private long countService(PhoneNumber number, long now) {
    YearMonth month = YearMonth.from(Instant.ofEpochMilli(now / 1000).atZone(ZoneOffset.UTC));
    return servicePerMonth
        .computeIfAbsent(new ServiceMonth(number.id(), month), key -> new AtomicLong())
        .getAndIncrement();
  }

  private static void answer(
      Exchange exchange, Scenario scenario, HttpFault fault, Subject subject, ObjectNode answer)
      throws IOException {
    long person = subject.person();
    String callback = subject.callback();
    switch (fault) {
      case NONE -> GraphAnswers.ok(exchange, answer);
      case TIMEOUT -> exchange.hang(scenario.micros(Knob.FAULT_TIMEOUT_HOLD));
      case RESET_AFTER_ACCEPT -> exchange.reset();
      case TRUNCATED -> exchange.truncate(200, answer);
      case SLOW -> exchange.drip(200, answer, scenario.micros(Knob.FAULT_SLOW_FOR));
      case GARBAGE ->
          WrongAnswers.garbage(
              exchange,
              answer,
              scenario.faultVariant(person, callback, WrongAnswers.GARBAGE_VARIANTS));
      case ERROR_AFTER_ACCEPT ->
          WrongAnswers.serverError(
              exchange, scenario.faultVariant(person, callback, WrongAnswers.ERROR_VARIANTS));
      case RESET_BEFORE_ACCEPT, UNAVAILABLE, THROTTLED ->
          throw new IllegalStateException(fault + " is answered before the message is taken");
    }
  }

  /** The business read a message of the person; Meta answers success and reports nothing. */
  private static void markRead(Exchange exchange, JsonNode body) {
    boolean valid = body.path("status").asText().equals("read") && body.hasNonNull("message_id");
    if (valid) {
      GraphAnswers.ok(exchange, Json.object().put("success", true));
    } else {
      GraphAnswers.error(
          exchange, GraphError.parameter("The parameters status and message_id are invalid."));
    }
  }

  void clear() {
    attempts.clear();
    servicePerMonth.clear();
    pairLimit.clear();
  }
}
