package dev.herald.simulator.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Subject;
import dev.herald.simulator.scenario.Update;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The journal in memory is bounded, and honest about it. */
class JournalLimitTest {
  private static final int MESSAGES = 3 * Chunk.SIZE + 10;

  private final Directory directory = new Directory();
  private final App app = directory.add(new App("1", "app", Set.of("token"), "secret", null, ""));
  private final PhoneNumber number = number();

  private PhoneNumber number() {
    BusinessAccount account = directory.addAccount("2", "account", Json.array(), Set.of());
    return directory.addNumber("3", account, "15550100001", "name", 80, 80, 0);
  }

  private Journal filled(int limit) {
    Scenario scenario = Scenario.smooth();
    Journal journal = new Journal(directory, limit, null, scenario, (id, account) -> {});
    for (int i = 0; i < MESSAGES; i++) {
      Subject subject =
          new Subject(
              15_550_200_000L + i, "key-" + i, MessageKind.MARKETING, false, false, false, false);
      long id =
          journal.accept(
              new Acceptance(
                  number,
                  0,
                  subject.person(),
                  subject.person(),
                  "template/en",
                  true,
                  false,
                  subject,
                  null,
                  HttpFault.NONE,
                  journal.scenario(scenario),
                  scenario.outcome(subject),
                  i));
      journal.emitted(id, Update.SENT);
      journal.acknowledged(app, i, new long[] {id}, new Update[] {Update.SENT});
    }
    return journal;
  }

  @Test
  void beyondTheLimitTheOldestAreForgottenAndThatIsSaid() {
    try (Journal journal = filled(1)) {
      assertThat(journal.forgotten()).isEqualTo(2 * Chunk.SIZE);
      assertThat(journal.accepted()).isEqualTo(MESSAGES);
      assertThat(journal.messages(Query.ALL, 0, 1).getFirst().id())
          .isEqualTo(journal.forgotten() + 1);
      assertThat(journal.message(1)).isEmpty();
      assertThat(journal.messages(Query.callback("key-1"), 0, 1)).isEmpty();
      assertThat(journal.summary(Query.ALL).accepted()).isEqualTo(MESSAGES - journal.forgotten());
      journal.emitted(1, Update.READ);
      journal.acknowledged(
          app, 0, new long[] {1, MESSAGES}, new Update[] {Update.READ, Update.READ});
      assertThat(journal.message(MESSAGES))
          .get()
          .extracting(Message::acknowledged)
          .isEqualTo(Set.of(Update.SENT, Update.READ));
    }
  }

  @Test
  void withinTheLimitEveryMessageIsFoundByItsKeyAndPerson() {
    try (Journal journal = filled(MESSAGES)) {
      assertThat(journal.forgotten()).isZero();
      assertThat(journal.repeatedCount()).isZero();
      for (int i = 0; i < MESSAGES; i += 997) {
        assertThat(journal.messages(Query.callback("key-" + i), 0, 10))
            .singleElement()
            .extracting(Message::id)
            .isEqualTo(i + 1L);
        assertThat(journal.messages(Query.to(15_550_200_000L + i), 0, 10))
            .singleElement()
            .extracting(Message::callbackData)
            .isEqualTo("key-" + i);
      }
      assertThat(journal.messages(Query.callbackPrefix("key-77"), 0, MESSAGES))
          .allMatch(m -> String.valueOf(m.callbackData()).startsWith("key-77"));
      assertThat(journal.summary(Query.ALL).outcomes())
          .containsExactly(java.util.Map.entry("sent", (long) MESSAGES));
    }
  }
}
