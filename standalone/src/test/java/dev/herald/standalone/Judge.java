package dev.herald.standalone;

import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import dev.herald.simulator.scenario.Update;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the figures of a campaign must be, worked out from the simulator's own record alone, with
 * sets and without any code of the services: an independent opinion.
 */
final class Judge {
  private static final int PAGE = 10_000;

  /** The truth about one message that WhatsApp took. */
  enum Fate {
    ACCEPTED,
    SENT,
    DELIVERED,
    READ,
    FAILED
  }

  private final Map<Integer, Fate> fates = new HashMap<>();
  private int replied;

  private Judge() {}

  static Judge of(Journal journal, String campaignId) {
    Judge judge = new Judge();
    Query query = Query.callbackPrefix("h1." + campaignId + ".");
    long after = 0;
    List<Message> page;
    do {
      page = journal.messages(query, after, PAGE);
      for (Message message : page) {
        judge.add(message);
        after = message.id();
      }
    } while (page.size() == PAGE);
    return judge;
  }

  private void add(Message message) {
    int ordinal = Integer.parseInt(message.callbackData().split("\\.")[2]);
    Fate before = fates.put(ordinal, fate(message.acknowledged()));
    if (before != null) {
      throw new AssertionError("Recipient " + ordinal + " was sent two messages");
    }
    if (message.acknowledged().contains(Update.TEXT_REPLY)
        || message.acknowledged().contains(Update.BUTTON_REPLY)) {
      replied++;
    }
  }

  private static Fate fate(Set<Update> told) {
    if (told.contains(Update.READ)) {
      return Fate.READ;
    }
    if (told.contains(Update.DELIVERED)) {
      return Fate.DELIVERED;
    }
    if (told.contains(Update.FAILED)) {
      return Fate.FAILED;
    }
    return told.contains(Update.SENT) ? Fate.SENT : Fate.ACCEPTED;
  }

  Map<Integer, Fate> fates() {
    return fates;
  }

  int accepted() {
    return fates.size();
  }

  int count(Fate... which) {
    Set<Fate> wanted = Set.of(which);
    return (int) fates.values().stream().filter(wanted::contains).count();
  }

  int replied() {
    return replied;
  }
}
