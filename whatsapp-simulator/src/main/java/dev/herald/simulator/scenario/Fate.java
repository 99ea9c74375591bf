package dev.herald.simulator.scenario;

import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.scenario.Draw.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what happens to one message, then when each update of it is told. */
final class Fate {
  private static final long LEAST_DISORDER = 1000;

  private final Scenario scenario;
  private final Subject subject;
  private final Draw draw;
  private final List<PlannedUpdate> updates = new ArrayList<>(6);

  private int failureCode;
  private boolean failedAfterSent;
  private boolean contradicted;
  private boolean silent;
  private boolean held;
  private boolean dropped;
  private boolean delivered;
  private boolean read;
  private boolean deliveredUntold;
  private boolean sentToldLate;
  private @Nullable Update reply;

  Fate(Scenario scenario, Subject subject) {
    this.scenario = scenario;
    this.subject = subject;
    this.draw = scenario.draw(subject.person(), subject.callback());
  }

  Outcome outcome() {
    Optional<MagicNumber> magic =
        scenario.is(Knob.MAGIC_NUMBERS) ? MagicNumber.of(subject.person()) : Optional.empty();
    if (magic.isPresent()) {
      force(magic.get());
    } else {
      decide();
    }
    obeyRules();
    tell();
    return new Outcome(held, failureCode, List.copyOf(updates));
  }

  /** What chance says. */
  private void decide() {
    boolean reviewed =
        subject.kind() == MessageKind.MARKETING || subject.kind() == MessageKind.UTILITY;
    held = reviewed && happens(Purpose.HELD, Knob.HELD_RATE);
    dropped = held && happens(Purpose.HELD_DROPPED, Knob.HELD_DROPPED_RATE);
    silent = happens(Purpose.SILENCE, Knob.SILENCE_RATE);
    failureCode = drawFailure();
    failedAfterSent =
        failureCode != 0 && happens(Purpose.FAILED_AFTER_SENT, Knob.FAILED_AFTER_SENT_RATE);
    contradicted = failureCode == 0 && happens(Purpose.CONTRADICTION, Knob.CONTRADICTION_RATE);
    delivered = contradicted || happens(Purpose.DELIVERED, Knob.DELIVERED_RATE);
    read = delivered && happens(Purpose.READ, Knob.READ_RATE);
    deliveredUntold =
        read && happens(Purpose.READ_WITHOUT_DELIVERED, Knob.READ_WITHOUT_DELIVERED_RATE);
    sentToldLate =
        delivered && happens(Purpose.DELIVERED_BEFORE_SENT, Knob.DELIVERED_BEFORE_SENT_RATE);
    reply = delivered ? drawReply() : null;
  }

  /**
   * Whether a person is on WhatsApp is the same for every message to them; the other failures
   * befall the message.
   */
  private int drawFailure() {
    double rate = scenario.rate(Knob.FAILURE_RATE);
    double unreachable = rate * scenario.unreachableShare();
    if (Draw.ofPerson(scenario.seed(), subject.person())
        .happens(Purpose.UNREACHABLE, unreachable)) {
      return ErrorCode.UNDELIVERABLE.code();
    }
    double others = unreachable >= 1 ? 0 : (rate - unreachable) / (1 - unreachable);
    return draw.happens(Purpose.FAILURE, others)
        ? scenario.failureCode(subject, draw.unit(Purpose.FAILURE_CODE))
        : 0;
  }

  private @Nullable Update drawReply() {
    if (happens(Purpose.STOP, Knob.STOP_RATE)) {
      return Update.STOP_TEXT;
    }
    if (subject.kind() == MessageKind.MARKETING && happens(Purpose.OPT_OUT, Knob.OPT_OUT_RATE)) {
      return Update.OPT_OUT;
    }
    if (!happens(Purpose.REPLY, Knob.REPLY_RATE)) {
      return null;
    }
    if (subject.quickReply() && happens(Purpose.REPLY_BUTTON, Knob.BUTTON_SHARE)) {
      return Update.BUTTON_REPLY;
    }
    return happens(Purpose.REPLY_CONTEXT, Knob.REPLY_WITHOUT_CONTEXT_RATE)
        ? Update.PLAIN_TEXT
        : Update.TEXT_REPLY;
  }

  private void force(MagicNumber magic) {
    delivered = true;
    read = true;
    switch (magic) {
      case NOT_ON_WHATSAPP -> failureCode = ErrorCode.UNDELIVERABLE.code();
      case LIMITED_BY_META -> failureCode = ErrorCode.ECOSYSTEM.code();
      case STOPPED_MARKETING -> failureCode = ErrorCode.MARKETING_STOPPED.code();
      case IN_EXPERIMENT -> failureCode = ErrorCode.EXPERIMENT.code();
      case FILE_NOT_FOUND -> failureCode = ErrorCode.MEDIA_UPLOAD.code();
      case FAILS_AFTER_SENT -> {
        failureCode = ErrorCode.SOMETHING_WENT_WRONG.code();
        failedAfterSent = true;
      }
      case SILENT -> silent = true;
      case HELD -> held = true;
      case HELD_AND_DROPPED -> {
        held = true;
        dropped = true;
      }
      case NOT_READ -> read = false;
      case NOT_DELIVERED -> {
        delivered = false;
        read = false;
      }
      case READ_ONLY -> deliveredUntold = true;
      case REPLIES -> reply = Update.TEXT_REPLY;
      case TAPS_BUTTON -> reply = subject.quickReply() ? Update.BUTTON_REPLY : Update.TEXT_REPLY;
      case SAYS_STOP -> reply = Update.STOP_TEXT;
      case OPTS_OUT -> reply = Update.OPT_OUT;
      case READ, ANSWER_LOST, ANSWER_TIMES_OUT -> {}
    }
  }

  /** What WhatsApp's rules say, whatever chance said. */
  private void obeyRules() {
    if (subject.kind() == MessageKind.SERVICE && !subject.windowOpen()) {
      failureCode = ErrorCode.REENGAGEMENT.code();
    } else if (subject.kind() == MessageKind.MARKETING && subject.optedOut()) {
      failureCode = ErrorCode.MARKETING_STOPPED.code();
    } else {
      return;
    }
    silent = false;
    held = false;
    dropped = false;
    contradicted = false;
    failedAfterSent = false;
  }

  private void tell() {
    if (dropped) {
      failureCode = ErrorCode.TEMPLATE_PAUSED.code();
      add(Update.FAILED, delay(Purpose.HELD_DELAY, Knob.HELD_DELAY));
      return;
    }
    if (silent) {
      failureCode = 0;
      return;
    }
    long released = held ? delay(Purpose.HELD_DELAY, Knob.HELD_DELAY) : 0;
    long sentAt = released + delay(Purpose.SENT_DELAY, Knob.SENT_DELAY);
    if (failureCode != 0) {
      long since = released;
      if (failedAfterSent) {
        add(Update.SENT, sentAt);
        since = sentAt;
      }
      add(Update.FAILED, since + delay(Purpose.FAILED_DELAY, Knob.FAILED_DELAY));
      return;
    }
    if (!delivered) {
      add(Update.SENT, sentAt);
      return;
    }
    tellDelivery(sentAt);
  }

  private void tellDelivery(long sentAt) {
    long deliveredAt = sentAt + delay(Purpose.DELIVERED_DELAY, Knob.DELIVERED_DELAY);
    // A message read in an open chat is delivered and read at once, and only the read is told.
    long readAt =
        deliveredUntold ? deliveredAt : deliveredAt + delay(Purpose.READ_DELAY, Knob.READ_DELAY);
    if (!sentToldLate) {
      add(Update.SENT, sentAt);
    }
    long firstNews = deliveredAt;
    if (!deliveredUntold) {
      firstNews = add(Update.DELIVERED, deliveredAt);
    }
    if (read) {
      long told = add(Update.READ, readAt);
      firstNews = deliveredUntold ? told : firstNews;
    }
    if (sentToldLate) {
      double extra =
          draw.unit(Purpose.REORDER_DELAY, Update.SENT.code())
              * scenario.micros(Knob.REORDER_WINDOW);
      add(Update.SENT, sentAt, firstNews + LEAST_DISORDER + (long) extra);
    }
    if (contradicted) {
      failureCode = ErrorCode.SOMETHING_WENT_WRONG.code();
      boolean failedFirst = draw.happens(Purpose.CONTRADICTION_ORDER, 0.5);
      long gap = delay(Purpose.FAILED_DELAY, Knob.FAILED_DELAY);
      add(Update.FAILED, failedFirst ? Math.max(sentAt, deliveredAt - gap) : deliveredAt + gap);
    }
    if (reply != null) {
      add(reply, (read ? readAt : deliveredAt) + delay(Purpose.REPLY_DELAY, Knob.REPLY_DELAY));
    }
  }

  private long add(Update update, long happens) {
    long arrives = happens;
    if (draw.happens(Purpose.REORDER, update.code(), scenario.rate(Knob.REORDER_RATE))) {
      arrives +=
          (long)
              (draw.unit(Purpose.REORDER_DELAY, update.code())
                  * scenario.micros(Knob.REORDER_WINDOW));
    }
    if (draw.happens(Purpose.LATE, update.code(), scenario.rate(Knob.LATE_RATE))) {
      arrives += scenario.micros(Knob.LATE_DELAY);
    }
    return add(update, happens, arrives);
  }

  private long add(Update update, long happens, long arrives) {
    updates.add(new PlannedUpdate(update, happens, arrives));
    int most = scenario.count(Knob.DUPLICATE_COPIES);
    if (most > 0
        && draw.happens(Purpose.DUPLICATE, update.code(), scenario.rate(Knob.DUPLICATE_RATE))) {
      int copies = 1 + draw.below(Purpose.DUPLICATE_COPIES, update.code(), most);
      for (int copy = 0; copy < copies; copy++) {
        double wait = draw.unit(Purpose.COPY_DELAY, update.code() + 16 * copy);
        long later = (long) (wait * scenario.micros(Knob.REORDER_WINDOW));
        updates.add(new PlannedUpdate(update, happens, arrives + later));
      }
    }
    return arrives;
  }

  private boolean happens(Purpose purpose, Knob rate) {
    return draw.happens(purpose, scenario.rate(rate));
  }

  private long delay(Purpose purpose, Knob median) {
    return draw.around(purpose, (double) scenario.micros(median), scenario.rate(Knob.DELAY_SPREAD));
  }
}
