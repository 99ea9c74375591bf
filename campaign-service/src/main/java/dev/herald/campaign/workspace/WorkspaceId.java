package dev.herald.campaign.workspace;

import dev.herald.runtime.access.Caller;

/** The tenant. Every row and every call belongs to exactly one. */
public record WorkspaceId(long value) {
  public WorkspaceId {
    if (value <= 0) {
      throw new IllegalArgumentException("Not a workspace: " + value);
    }
  }

  /** The workspace that the current call's token speaks for. */
  public static WorkspaceId ofCaller() {
    return new WorkspaceId(Caller.current().workspace());
  }
}
