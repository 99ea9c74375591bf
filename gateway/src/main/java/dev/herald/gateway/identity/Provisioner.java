package dev.herald.gateway.identity;

import dev.herald.billing.v1.CreateWalletRequest;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc.InboundServiceBlockingStub;
import dev.herald.campaign.v1.PutWorkspaceRequest;
import dev.herald.gateway.identity.WorkspaceStore.WorkspaceRow;
import dev.herald.runtime.Backoff;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.grpc.GrpcErrors;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every workspace its wallet and its place in campaign-service. Both calls are idempotent, so
 * a workspace is simply told again until both have heard.
 */
public final class Provisioner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Provisioner.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(5);
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(200), LOOK_EVERY);
  private static final int BATCH = 100;
  private static final Duration STEP = Duration.ofMillis(20);

  private final WorkspaceStore workspaces;
  private final ReservationServiceBlockingStub billing;
  private final InboundServiceBlockingStub campaign;
  private final Thread thread;

  /** The channels must carry this service's own token. */
  public Provisioner(WorkspaceStore workspaces, Channel billing, Channel campaign) {
    this.workspaces = workspaces;
    this.billing = ReservationServiceGrpc.newBlockingStub(billing);
    this.campaign = InboundServiceGrpc.newBlockingStub(campaign);
    this.thread = Thread.ofVirtual().name("provisioner").start(this::run);
  }

  /** Returns when the other services know the workspace. */
  public void await(long workspace, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    try {
      while (!workspaces.isProvisioned(workspace)) {
        if (System.nanoTime() > end) {
          throw HeraldException.unavailable(
              "WORKSPACE_NOT_READY", "The other services have not taken up the workspace in time.");
        }
        Thread.sleep(STEP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HeraldException.unavailable("STOPPING", "This process is stopping.");
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(CALL_DEADLINE);
  }

  private void run() {
    int failures = 0;
    try {
      while (true) {
        failures = provisionAll() ? 0 : failures + 1;
        Thread.sleep(failures == 0 ? LOOK_EVERY.dividedBy(5) : BACKOFF.after(failures));
      }
    } catch (InterruptedException e) {
      log.debug("Provisioner stopped");
    }
  }

  private boolean provisionAll() throws InterruptedException {
    try {
      boolean all = true;
      for (WorkspaceRow workspace : workspaces.unprovisioned(BATCH)) {
        all &= tell(workspace);
      }
      return all;
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      log.warn("A workspace could not be provisioned yet", e);
      return false;
    }
  }

  // One that cannot be taken up, say for want of a price list in its currency, keeps no other
  // waiting.
  private boolean tell(WorkspaceRow workspace) {
    try {
      provision(workspace);
      return true;
    } catch (StatusRuntimeException e) {
      log.warn(
          "A workspace could not be provisioned yet workspace={} status={}",
          workspace.id(),
          e.getStatus());
      return false;
    }
  }

  /**
   * Gives a workspace its wallet now.
   *
   * @throws HeraldException INVALID for a currency without prices, or as billing answered
   */
  void openWallet(WorkspaceRow workspace) {
    try {
      createWallet(workspace);
    } catch (StatusRuntimeException e) {
      HeraldException refused = GrpcErrors.fromStatus(e);
      throw refused.reason().equals("CURRENCY_NOT_OFFERED")
          ? HeraldException.invalid("currency", refused.reason(), refused.message())
          : refused;
    }
  }

  private void createWallet(WorkspaceRow workspace) {
    billing
        .withDeadlineAfter(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .createWallet(
            CreateWalletRequest.newBuilder()
                .setWorkspaceId(workspace.id())
                .setCurrency(workspace.currency())
                .build());
  }

  private void provision(WorkspaceRow workspace) {
    createWallet(workspace);
    campaign
        .withDeadlineAfter(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .putWorkspace(
            PutWorkspaceRequest.newBuilder()
                .setWorkspaceId(workspace.id())
                .setTimeZone(workspace.timeZone())
                .build());
    workspaces.provisioned(workspace);
    log.info("Workspace provisioned workspace={}", workspace.id());
  }
}
