package dev.herald.simulator.journal;

import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Subject;

/** What is known of a message from the start, in the bits of one number: millions are kept. */
final class Facts {
  private static final int KIND_MASK = 3;
  private static final int HELD = 1 << 2;
  private static final int WINDOW_OPEN = 1 << 3;
  private static final int OPTED_OUT = 1 << 4;
  private static final int MEDIA_LINK = 1 << 5;
  private static final int QUICK_REPLY = 1 << 6;
  private static final int FREE = 1 << 7;
  private static final int HAS_CALLBACK = 1 << 8;
  private static final int FAULT_SHIFT = 12;
  private static final int FAULT_MASK = 0xF;
  private static final int APP_SHIFT = 16;

  private Facts() {}

  static int of(Acceptance accepted) {
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

  static MessageKind kind(int facts) {
    return MessageKind.at(facts & KIND_MASK);
  }

  static boolean held(int facts) {
    return (facts & HELD) != 0;
  }

  static boolean free(int facts) {
    return (facts & FREE) != 0;
  }

  static boolean hasCallback(int facts) {
    return (facts & HAS_CALLBACK) != 0;
  }

  static HttpFault fault(int facts) {
    return HttpFault.at((facts >>> FAULT_SHIFT) & FAULT_MASK);
  }

  static int app(int facts) {
    return facts >>> APP_SHIFT;
  }

  /** To whom and with what it was sent, as its scenario asks. */
  static Subject subject(int facts, long to, String callback) {
    return new Subject(
        to,
        callback,
        kind(facts),
        (facts & MEDIA_LINK) != 0,
        (facts & QUICK_REPLY) != 0,
        (facts & OPTED_OUT) != 0,
        (facts & WINDOW_OPEN) != 0);
  }
}
