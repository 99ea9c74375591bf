package dev.herald.campaign.dispatch.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * How much may happen in one exploration.
 *
 * @param recipients of the one campaign
 * @param batch most recipients of one claim
 * @param crashes of either process, each at any moment
 * @param personRetries how often a person queues unconfirmed recipients again
 * @param statuses whether WhatsApp reports on messages, as early and often as it likes
 * @param clocks whether time limits can be relied upon; without, any of them may pass at any
 *     moment, and a process may sleep between any two steps
 * @param leases whether a channel has one owner at a time; without, both processes claim
 */
record Scope(
    int recipients,
    int batch,
    int crashes,
    int pauses,
    int stops,
    int personRetries,
    boolean statuses,
    boolean clocks,
    boolean leases,
    Set<Mutant> mutants) {

  static Scope of(int recipients, int batch) {
    return new Scope(
        recipients, batch, 0, 0, 0, 0, false, true, true, Set.copyOf(EnumSet.noneOf(Mutant.class)));
  }

  Scope withCrashes(int most) {
    return new Scope(
        recipients, batch, most, pauses, stops, personRetries, statuses, clocks, leases, mutants);
  }

  Scope withPauses(int most) {
    return new Scope(
        recipients, batch, crashes, most, stops, personRetries, statuses, clocks, leases, mutants);
  }

  Scope withStop() {
    return new Scope(
        recipients, batch, crashes, pauses, 1, personRetries, statuses, clocks, leases, mutants);
  }

  Scope withPersonRetries(int most) {
    return new Scope(
        recipients, batch, crashes, pauses, stops, most, statuses, clocks, leases, mutants);
  }

  Scope withStatuses() {
    return new Scope(
        recipients, batch, crashes, pauses, stops, personRetries, true, clocks, leases, mutants);
  }

  Scope withoutClocks() {
    return new Scope(
        recipients, batch, crashes, pauses, stops, personRetries, statuses, false, leases, mutants);
  }

  Scope withoutLeases() {
    return new Scope(
        recipients, batch, crashes, pauses, stops, personRetries, statuses, clocks, false, mutants);
  }

  Scope with(Mutant mutant) {
    return new Scope(
        recipients,
        batch,
        crashes,
        pauses,
        stops,
        personRetries,
        statuses,
        clocks,
        leases,
        Set.of(mutant));
  }

  boolean has(Mutant mutant) {
    return mutants.contains(mutant);
  }

  int everybody() {
    return (1 << recipients) - 1;
  }
}
