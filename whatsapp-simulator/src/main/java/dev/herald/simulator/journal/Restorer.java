package dev.herald.simulator.journal;

import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Rebuilds a journal from the file of an earlier run. */
final class Restorer implements JournalFile.Reader {
  private final Journal journal;
  private final Directory directory;
  private final BiConsumer<String, String> numberLost;

  Restorer(Journal journal, Directory directory, BiConsumer<String, String> numberLost) {
    this.journal = journal;
    this.directory = directory;
    this.numberLost = numberLost;
  }

  @Override
  public void started(long run) {
    journal.continues(run);
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
    journal.restore(Scenario.realistic().with(settings));
  }

  @Override
  public void accepted(long id, JournalFile.Restored message) {
    PhoneNumber number = directory.number(message.phoneNumberId());
    if (number == null || message.app() >= directory.apps().size()) {
      numberLost.accept(message.phoneNumberId(), "");
    } else {
      journal.restore(id, number, message);
    }
  }

  @Override
  public void acknowledged(String appId, List<Long> ids, List<Update> updates) {
    directory
        .app(appId)
        .map(directory::indexOf)
        .ifPresent(
            app -> {
              for (int i = 0; i < ids.size(); i++) {
                journal.acknowledge(app, ids.get(i), updates.get(i));
              }
            });
  }
}
