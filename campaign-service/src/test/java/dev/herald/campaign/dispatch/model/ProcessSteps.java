package dev.herald.campaign.dispatch.model;

import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.dispatch.model.World.Outcome;
import dev.herald.campaign.dispatch.model.World.Phase;
import dev.herald.campaign.dispatch.model.World.Process;
import dev.herald.campaign.dispatch.model.World.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What one process may do next: take the lease, claim, send, close, or die. */
abstract class ProcessSteps {

  final Scope scope;

  final Invariants invariants;

  ProcessSteps(Scope scope) {
    this.scope = scope;
    this.invariants = new Invariants(scope);
  }

  /** A step and where it leads; a broken promise if it breaks one. */
  record Move(String name, World after, String broken) {}

  final class Moves {
    final World now;
    final List<Move> list = new ArrayList<>();

    Moves(World now) {
      this.now = now;
    }

    void add(String name, Consumer<World> change) {
      World after = new World(now);
      String broken = "";
      try {
        change.accept(after);
      } catch (Broken promise) {
        broken = promise.getMessage();
      }
      list.add(new Move(name, after, broken.isEmpty() ? invariants.broken(after) : broken));
    }
  }

  /** A step that must never happen has happened. */
  static final class Broken extends RuntimeException {
    Broken(String promise) {
      super(promise, null, false, false);
    }
  }

  static void settle(World world, int batch) {
    world.unconfirmed |= batch;
  }

  void idle(World now, int i, Moves moves) {
    boolean mine = !scope.leases() || now.lease == i;
    boolean live = now.status == CampaignStatus.LIVE || scope.has(Mutant.CLAIM_WHATEVER_STATUS);
    if (mine && live && (now.retry != 0 || now.cursor < scope.recipients())) {
      moves.add(name(i) + " begins to claim", world -> world.processes[i].step = Step.CLAIMING);
    }
    if (scope.leases() && now.lease == World.NOBODY) {
      moves.add(
          name(i) + " takes the lease",
          world -> {
            world.lease = i;
            world.processes[i].leaseValid = true;
            if (scope.has(Mutant.REVIVE_LEASE) && world.lost.length > 0) {
              World.Lost revived = world.takeLost(0);
              work(world.processes[i], revived.batch());
            }
          });
    }
  }

  static void work(Process process, int batch) {
    process.step = Step.WORKING;
    process.batch = batch;
    process.stored = true;
    process.phase = Phase.WINDOW;
  }

  void claiming(World now, int i, Moves moves) {
    if (scope.has(Mutant.SEND_BEFORE_COMMIT)) {
      sendEarly(now, i, moves);
    }
    for (boolean due : now.retry == 0 ? new boolean[] {false} : new boolean[] {true, false}) {
      int claim = claimable(now, due);
      if (claim == 0) {
        moves.add(name(i) + " finds nothing", world -> world.processes[i].forgetBatch());
        continue;
      }
      moves.add(
          name(i) + " claims " + set(claim),
          world -> {
            take(world, claim);
            work(world.processes[i], claim);
          });
      moves.add(
          name(i) + " claims " + set(claim) + " and never learns of it",
          world -> {
            take(world, claim);
            world.processes[i].forgetBatch();
            world.lose(claim, Phase.WINDOW);
          });
    }
    moves.add("the claim of " + name(i) + " fails", world -> world.processes[i].forgetBatch());
  }

  int claimable(World now, boolean retriesAreDue) {
    int claim = 0;
    int size = 0;
    for (int r = 0; r < scope.recipients() && retriesAreDue && size < scope.batch(); r++) {
      if ((now.retry & 1 << r) != 0) {
        claim |= 1 << r;
        size++;
      }
    }
    for (int r = now.cursor; r < scope.recipients() && size < scope.batch(); r++) {
      claim |= 1 << r;
      size++;
    }
    return claim;
  }

  static void take(World world, int claim) {
    world.retry &= ~claim;
    world.cursor = Math.max(world.cursor, 32 - Integer.numberOfLeadingZeros(claim));
  }

  void sendEarly(World now, int i, Moves moves) {
    int claim = claimable(now, true);
    for (int r = 0; r < scope.recipients(); r++) {
      int recipient = r;
      if ((claim & 1 << r) != 0 && now.processes[i].outcomes[r] == Outcome.PENDING) {
        moves.add(
            name(i) + " writes " + r + " within the claim", world -> write(world, i, recipient));
      }
    }
  }

  void working(World now, int i, Moves moves) {
    Process process = now.processes[i];
    for (int r = 0; r < scope.recipients(); r++) {
      if ((process.batch & 1 << r) != 0) {
        message(now, i, r, moves);
      }
    }
    if (!process.anyUnderWay()) {
      closeAgain(now, i, moves);
      moves.add(
          name(i) + " closes " + set(process.batch) + " and never learns of it",
          world -> {
            Process owner = world.processes[i];
            close(world, i);
            owner.step = Step.CLOSING;
            owner.outdated = false;
            owner.knowsIt = false;
          });
      if (process.stored) {
        moves.add(
            name(i) + " gives up closing " + set(process.batch),
            world -> {
              Process owner = world.processes[i];
              world.lose(owner.batch, owner.phase);
              owner.forgetBatch();
            });
      }
    }
  }

  void closeAgain(World now, int i, Moves moves) {
    moves.add(
        name(i) + " closes " + set(now.processes[i].batch),
        world -> {
          close(world, i);
          world.processes[i].forgetBatch();
        });
  }

  void message(World now, int i, int r, Moves moves) {
    Process process = now.processes[i];
    String who = name(i);
    switch (process.outcomes[r]) {
      case PENDING -> {
        // Messages of a batch begin in order.
        boolean next = (process.those(Outcome.PENDING) & (1 << r) - 1) == 0;
        if (next && mayWrite(process)) {
          moves.add(
              who + " is about to write " + r,
              world -> {
                outcome(world, i, r, Outcome.READY);
                if (process.knowsIt) {
                  throw new Broken("P5: a process that has heard of the change goes on sending");
                }
              });
        }
      }
      case READY -> {
        moves.add(who + " writes " + r + ", WhatsApp takes it", world -> write(world, i, r));
        moves.add(
            who + " writes " + r + ", it is lost on the way",
            world -> missed(world, i, r, Outcome.UNKNOWN));
        moves.add(
            who + " writes " + r + ", WhatsApp throttles it",
            world -> missed(world, i, r, Outcome.AGAIN));
        moves.add(
            who + " writes " + r + ", WhatsApp refuses it for good",
            world -> missed(world, i, r, Outcome.KNOWN));
        moves.add(who + " cannot connect for " + r, world -> outcome(world, i, r, Outcome.AGAIN));
      }
      case TAKEN -> {
        moves.add(
            who + " hears that " + r + " is accepted",
            world -> outcome(world, i, r, Outcome.KNOWN));
        moves.add(who + " hears nothing of " + r, world -> outcome(world, i, r, Outcome.UNKNOWN));
      }
      case KNOWN, UNKNOWN, AGAIN -> {}
    }
  }

  boolean mayWrite(Process process) {
    return (process.leaseValid || !scope.leases())
        && (process.phase == Phase.WINDOW || scope.has(Mutant.NO_SEND_WINDOW))
        && (!process.knowsIt || scope.has(Mutant.NO_SECOND_CHECK));
  }

  void write(World world, int i, int r) {
    leaves(world);
    outcome(world, i, r, Outcome.TAKEN);
    int one = 1 << r;
    if ((world.handed & one) != 0) {
      if ((world.allowedAgain & one) == 0) {
        throw new Broken("P3: recipient " + r + " is handed to WhatsApp a second time");
      }
      world.allowedAgain &= ~one;
    }
    world.handed |= one;
  }

  void missed(World world, int i, int r, Outcome outcome) {
    leaves(world);
    outcome(world, i, r, outcome);
  }

  void leaves(World world) {
    if (world.quiet && scope.clocks()) {
      throw new Broken("P5: a message leaves after the barrier has returned");
    }
  }

  static void outcome(World world, int i, int r, Outcome outcome) {
    world.processes[i].outcomes[r] = outcome;
  }

  void close(World world, int i) {
    Process process = world.processes[i];
    int unknown = process.those(Outcome.UNKNOWN);
    world.known |= process.those(Outcome.KNOWN);
    if (process.stored || scope.has(Mutant.CLOSE_AFTER_SETTLEMENT)) {
      // Refused for good counts like handed over: neither may be written again.
      world.handed |= process.those(Outcome.KNOWN);
      int again = process.those(Outcome.AGAIN);
      int unsent = process.those(Outcome.PENDING);
      world.retry |= again | (scope.has(Mutant.DROP_UNSENT) ? 0 : unsent);
      if (scope.has(Mutant.RETRY_WITHOUT_ANSWER)) {
        world.retry |= unknown;
      } else {
        world.unconfirmed |= unknown;
      }
    }
    process.stored = false;
  }

  // What may happen to a process whatever it is doing.
  void process(World now, int i, Moves moves) {
    Process process = now.processes[i];
    if (process.outdated && !process.knowsIt && process.step == Step.WORKING) {
      moves.add(name(i) + " hears of the change", world -> world.processes[i].knowsIt = true);
    }
    if (scope.leases()) {
      lease(now, i, moves);
    }
    if (now.crashes > 0) {
      moves.add(
          name(i) + " is killed",
          world -> {
            world.crashes--;
            Process killed = world.processes[i];
            if (killed.stored) {
              world.lose(killed.batch, killed.phase);
            }
            killed.forgetBatch();
            killed.leaseValid = false;
            if (world.lease == i) {
              world.lease = World.DEAD;
            }
          });
    }
  }

  void lease(World now, int i, Moves moves) {
    Process process = now.processes[i];
    if (process.leaseValid && process.step != Step.CLAIMING) {
      moves.add(
          "the lease ends by the clock of " + name(i),
          world -> world.processes[i].leaseValid = false);
    }
    // A claim holds the lease's row: nobody takes it over meanwhile.
    boolean expires = now.lease == i && (!process.leaseValid || !scope.clocks());
    if (expires && process.step != Step.CLAIMING) {
      moves.add("the lease of " + name(i) + " expires", world -> world.lease = World.NOBODY);
    }
    if (now.lease == World.DEAD && i == 0) {
      moves.add("the lease of the dead expires", world -> world.lease = World.NOBODY);
    }
  }

  boolean anyUnderWay(World now) {
    boolean lost =
        Arrays.stream(now.lost).anyMatch(batch -> batch.phase().compareTo(Phase.QUIET) < 0);
    boolean owned =
        Arrays.stream(now.processes)
            .limit(scope.has(Mutant.BARRIER_SEES_ONE_PROCESS) ? 1 : World.PROCESSES)
            .anyMatch(process -> process.stored && process.phase.compareTo(Phase.QUIET) < 0);
    return lost || owned;
  }

  // A change of status needs the campaign's row for itself; a claim shares it until it commits.
  boolean statusIsLocked(World now) {
    return !scope.has(Mutant.CLAIM_FOR_KEY_SHARE)
        && Arrays.stream(now.processes).anyMatch(process -> process.step == Step.CLAIMING);
  }

  boolean mayChange(World now, Lifecycle.Command command) {
    return !statusIsLocked(now)
        && Lifecycle.decide(now.status, command) instanceof Lifecycle.Outcome.Changed;
  }

  static void change(World world, Lifecycle.Command command) {
    Lifecycle.Outcome outcome = Lifecycle.decide(world.status, command);
    world.status = ((Lifecycle.Outcome.Changed) outcome).to();
    for (Process process : world.processes) {
      process.outdated = process.step == Step.CLAIMING || process.step == Step.WORKING;
    }
  }

  static String name(int process) {
    return process == 0 ? "A" : "B";
  }

  static String set(int mask) {
    List<String> members = new ArrayList<>();
    for (int r = 0; 1 << r <= mask; r++) {
      if ((mask & 1 << r) != 0) {
        members.add(Integer.toString(r));
      }
    }
    return "{" + String.join(",", members) + "}";
  }
}
