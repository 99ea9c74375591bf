package dev.herald.campaign.dispatch.model;

import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.dispatch.model.World.Phase;
import dev.herald.campaign.dispatch.model.World.Process;
import java.util.List;

/**
 * Every step that may come next. A step is as small as the smallest thing that happens at once: a
 * committed transaction, a look at memory, the first byte leaving, an answer, a tick of a clock.
 */
final class Protocol extends ProcessSteps {

  Protocol(Scope scope) {
    super(scope);
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
}
