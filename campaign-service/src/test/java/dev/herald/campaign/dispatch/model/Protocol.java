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

/**
 * Every step that may come next. A step is as small as the smallest thing that happens at once: a
 * committed transaction, a look at memory, the first byte leaving, an answer, a tick of a clock.
 */
final class Protocol {
  private final Scope scope;
  private final Invariants invariants;

  /** A step and where it leads; a broken promise if it breaks one. */
  record Move(String name, World after, String broken) {}

  Protocol(Scope scope) {
    this.scope = scope;
    this.invariants = new Invariants(scope);
  }

  List<Move> moves(World now) {
    Moves moves = new Moves(now);
    people(now, moves);
    herald(now, moves);
    clocks(now, moves);
    whatsapp(now, moves);
    for (int i = 0; i < World.PROCESSES; i++) {
      switch (now.processes[i].step) {
        case IDLE -> idle(now, i, moves);
        case CLAIMING -> claiming(now, i, moves);
        case WORKING -> working(now, i, moves);
        case CLOSING -> closeAgain(now, i, moves);
      }
      process(now, i, moves);
    }
    return moves.list;
  }

  private final class Moves {
    private final World now;
    private final List<Move> list = new ArrayList<>();

    private Moves(World now) {
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
  private static final class Broken extends RuntimeException {
    Broken(String promise) {
      super(promise, null, false, false);
    }
  }

  // People pause, resume, stop, and queue unconfirmed recipients again.
  private void people(World now, Moves moves) {
    if (now.pauses > 0 && mayChange(now, new Lifecycle.Command.Pause())) {
      moves.add(
          "pause commits",
          world -> {
            world.pauses--;
            change(world, new Lifecycle.Command.Pause());
            world.awaitingQuiet = true;
          });
    }
    if (mayChange(now, new Lifecycle.Command.Resume(false))) {
      moves.add(
          "resume commits",
          world -> {
            change(world, new Lifecycle.Command.Resume(false));
            world.awaitingQuiet = false;
            world.quiet = false;
          });
    }
    if (now.stops > 0 && mayChange(now, new Lifecycle.Command.Stop())) {
      moves.add(
          "stop commits",
          world -> {
            world.stops--;
            change(world, new Lifecycle.Command.Stop());
            world.awaitingQuiet = true;
            world.quiet = false;
          });
    }
    if (now.awaitingQuiet && !anyUnderWay(now)) {
      moves.add(
          "the barrier returns",
          world -> {
            world.awaitingQuiet = false;
            world.quiet = true;
          });
    }
    boolean unfinished = now.status == CampaignStatus.LIVE || now.status == CampaignStatus.PAUSED;
    int silent = now.unconfirmed & ~now.known & ~now.reported;
    if (now.personRetries > 0 && unfinished && silent != 0 && !statusIsLocked(now)) {
      moves.add(
          "a person retries " + set(silent),
          world -> {
            world.personRetries--;
            if (!scope.has(Mutant.RETRY_COPIES)) {
              world.unconfirmed &= ~silent;
            }
            world.retry |= silent;
            // With clocks, what was never handed over needs no permission for a second time.
            world.allowedAgain |= scope.clocks() ? silent & world.handed : silent;
          });
    }
  }

  // What Herald does by itself with a campaign, in any process.
  private void herald(World now, Moves moves) {
    boolean finished =
        now.cursor == scope.recipients()
            && (scope.has(Mutant.FINISH_WITH_OPEN_BATCHES)
                || (now.retry == 0 && !now.anyBatchStored()));
    if (finished && mayChange(now, new Lifecycle.Command.Finish())) {
      moves.add("finish commits", world -> change(world, new Lifecycle.Command.Finish()));
    }
    if (now.status == CampaignStatus.STOPPED && !now.released && !now.anyBatchStored()) {
      moves.add(
          "the rest of the stopped campaign is released",
          world -> {
            world.released = true;
            world.retry = 0;
          });
    }
    for (int i = 0; i < now.lost.length; i++) {
      if (settleable(now.lost[i].phase())) {
        int index = i;
        moves.add(
            "lost batch " + set(now.lost[i].batch()) + " is settled",
            world -> settle(world, world.takeLost(index).batch()));
      }
    }
    for (int i = 0; i < World.PROCESSES; i++) {
      Process process = now.processes[i];
      if (process.stored && settleable(process.phase)) {
        int owner = i;
        moves.add(
            name(1 - i) + " settles the batch of " + name(i) + " " + set(process.batch),
            world -> {
              world.processes[owner].stored = false;
              settle(world, world.processes[owner].batch);
            });
      }
    }
  }

  private boolean settleable(Phase phase) {
    return !scope.clocks() || phase == Phase.QUIET || scope.has(Mutant.SETTLE_OWNED);
  }

  private static void settle(World world, int batch) {
    world.unconfirmed |= batch;
  }

  private void clocks(World now, Moves moves) {
    if (!scope.clocks()) {
      return;
    }
    for (int i = 0; i < now.lost.length; i++) {
      if (now.lost[i].phase() != Phase.QUIET) {
        int index = i;
        moves.add("time passes for a lost batch", world -> world.ageLost(index));
      }
    }
    for (int i = 0; i < World.PROCESSES; i++) {
      Process process = now.processes[i];
      // A send that began in the window has ended when its time-out and a second more are over.
      boolean passes =
          process.phase == Phase.WINDOW
              || !process.anyUnderWay()
              || scope.has(Mutant.NO_SEND_WINDOW);
      if (process.stored && process.phase != Phase.QUIET && passes) {
        int owner = i;
        moves.add(
            "time passes for the batch of " + name(i),
            world -> {
              Process aging = world.processes[owner];
              aging.phase = Phase.values()[aging.phase.ordinal() + 1];
            });
      }
    }
  }

  // Statuses come as early and as often as they like; a repetition changes nothing.
  private void whatsapp(World now, Moves moves) {
    if (!scope.statuses()) {
      return;
    }
    for (int r = 0; r < scope.recipients(); r++) {
      int one = 1 << r;
      if ((now.handed & one) != 0 && (now.reported & one) == 0) {
        moves.add("a status for " + r, world -> world.reported |= one);
      }
    }
  }

  private void idle(World now, int i, Moves moves) {
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

  private static void work(Process process, int batch) {
    process.step = Step.WORKING;
    process.batch = batch;
    process.stored = true;
    process.phase = Phase.WINDOW;
  }

  private void claiming(World now, int i, Moves moves) {
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

  private int claimable(World now, boolean retriesAreDue) {
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

  private static void take(World world, int claim) {
    world.retry &= ~claim;
    world.cursor = Math.max(world.cursor, 32 - Integer.numberOfLeadingZeros(claim));
  }

  private void sendEarly(World now, int i, Moves moves) {
    int claim = claimable(now, true);
    for (int r = 0; r < scope.recipients(); r++) {
      int recipient = r;
      if ((claim & 1 << r) != 0 && now.processes[i].outcomes[r] == Outcome.PENDING) {
        moves.add(
            name(i) + " writes " + r + " within the claim", world -> write(world, i, recipient));
      }
    }
  }

  private void working(World now, int i, Moves moves) {
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

  private void closeAgain(World now, int i, Moves moves) {
    moves.add(
        name(i) + " closes " + set(now.processes[i].batch),
        world -> {
          close(world, i);
          world.processes[i].forgetBatch();
        });
  }

  private void message(World now, int i, int r, Moves moves) {
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

  private boolean mayWrite(Process process) {
    return (process.leaseValid || !scope.leases())
        && (process.phase == Phase.WINDOW || scope.has(Mutant.NO_SEND_WINDOW))
        && (!process.knowsIt || scope.has(Mutant.NO_SECOND_CHECK));
  }

  private void write(World world, int i, int r) {
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

  private void missed(World world, int i, int r, Outcome outcome) {
    leaves(world);
    outcome(world, i, r, outcome);
  }

  private void leaves(World world) {
    if (world.quiet && scope.clocks()) {
      throw new Broken("P5: a message leaves after the barrier has returned");
    }
  }

  private static void outcome(World world, int i, int r, Outcome outcome) {
    world.processes[i].outcomes[r] = outcome;
  }

  private void close(World world, int i) {
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
  private void process(World now, int i, Moves moves) {
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

  private void lease(World now, int i, Moves moves) {
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

  private boolean anyUnderWay(World now) {
    boolean lost =
        Arrays.stream(now.lost).anyMatch(batch -> batch.phase().compareTo(Phase.QUIET) < 0);
    boolean owned =
        Arrays.stream(now.processes)
            .limit(scope.has(Mutant.BARRIER_SEES_ONE_PROCESS) ? 1 : World.PROCESSES)
            .anyMatch(process -> process.stored && process.phase.compareTo(Phase.QUIET) < 0);
    return lost || owned;
  }

  // A change of status needs the campaign's row for itself; a claim shares it until it commits.
  private boolean statusIsLocked(World now) {
    return !scope.has(Mutant.CLAIM_FOR_KEY_SHARE)
        && Arrays.stream(now.processes).anyMatch(process -> process.step == Step.CLAIMING);
  }

  private boolean mayChange(World now, Lifecycle.Command command) {
    return !statusIsLocked(now)
        && Lifecycle.decide(now.status, command) instanceof Lifecycle.Outcome.Changed;
  }

  private static void change(World world, Lifecycle.Command command) {
    Lifecycle.Outcome outcome = Lifecycle.decide(world.status, command);
    world.status = ((Lifecycle.Outcome.Changed) outcome).to();
    for (Process process : world.processes) {
      process.outdated = process.step == Step.CLAIMING || process.step == Step.WORKING;
    }
  }

  private static String name(int process) {
    return process == 0 ? "A" : "B";
  }

  private static String set(int mask) {
    List<String> members = new ArrayList<>();
    for (int r = 0; 1 << r <= mask; r++) {
      if ((mask & 1 << r) != 0) {
        members.add(Integer.toString(r));
      }
    }
    return "{" + String.join(",", members) + "}";
  }
}
