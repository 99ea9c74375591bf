package dev.herald.simulator.cloudapi;

import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.scenario.Scenario;
import java.util.function.UnaryOperator;

/** The scenario in force. It may change at any time; a message keeps the one it was taken under. */
public final class Behaviour {
  private final Journal journal;
  private volatile Current current;

  /**
   * A scenario in force.
   *
   * @param index how the journal names the scenario
   */
  public record Current(Scenario scenario, int index) {}

  public Behaviour(Journal journal, Scenario scenario) {
    this.journal = journal;
    this.current = new Current(scenario, journal.scenario(scenario));
  }

  public Current current() {
    return current;
  }

  public Scenario scenario() {
    return current.scenario();
  }

  public synchronized Scenario change(UnaryOperator<Scenario> change) {
    Scenario changed = change.apply(current.scenario());
    current = new Current(changed, journal.scenario(changed));
    return changed;
  }
}
