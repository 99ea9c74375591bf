package dev.herald.campaign.dispatch.model;

import dev.herald.campaign.campaign.CampaignStatus;
import dev.herald.campaign.dispatch.model.World.Lost;
import dev.herald.campaign.dispatch.model.World.Process;
import dev.herald.campaign.dispatch.model.World.Step;

/** What must be true at every moment, and what the end looks like. */
final class Invariants {
  private final Scope scope;

  Invariants(Scope scope) {
    this.scope = scope;
  }

  /**
   * @return the promise that does not hold, or ""
   */
  String broken(World world) {
    int places = 0;
    int twice = 0;
    for (Lost lost : world.lost) {
      twice |= places & lost.batch();
      places |= lost.batch();
    }
    for (Process process : world.processes) {
      if (process.stored) {
        twice |= places & process.batch;
        places |= process.batch;
      }
    }
    twice |= places & world.retry;
    places |= world.retry;
    twice |= places & world.unconfirmed;
    places |= world.unconfirmed;
    int claimed = (1 << world.cursor) - 1;
    if (twice != 0) {
      return "P3: a recipient is in two places at once: a batch, the queue, the unconfirmed";
    }
    if ((places & ~claimed) != 0) {
      return "P3: a recipient is queued that was never claimed";
    }
    if (!world.released && (claimed & ~places & ~world.evidence()) != 0) {
      return "P4: a recipient is forgotten: claimed, in no batch, not queued, nothing known";
    }
    if (world.status == CampaignStatus.SENT) {
      boolean pending =
          world.cursor < scope.recipients() || world.retry != 0 || world.anyBatchStored();
      if (pending || world.evidence() != scope.everybody()) {
        return "P4: SENT while somebody is pending";
      }
    }
    return "";
  }

  /** Nothing is left to do for Herald. */
  boolean isEnd(World world) {
    boolean over =
        world.status == CampaignStatus.SENT
            || (world.status == CampaignStatus.STOPPED && world.released);
    for (Process process : world.processes) {
      over &= process.step == Step.IDLE;
    }
    return over;
  }
}
