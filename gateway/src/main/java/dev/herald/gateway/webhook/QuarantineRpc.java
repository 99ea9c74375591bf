package dev.herald.gateway.webhook;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.WorkspaceStore;
import dev.herald.gateway.identity.WorkspaceStore.WorkspaceRow;
import dev.herald.gateway.v1.ListQuarantineRequest;
import dev.herald.gateway.v1.ListQuarantineResponse;
import dev.herald.gateway.v1.Quarantined;
import dev.herald.gateway.v1.ReplayQuarantinedRequest;
import dev.herald.gateway.v1.ReplayQuarantinedResponse;
import dev.herald.gateway.webhook.QuarantineStore.QuarantineRow;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Translates between the contract of QuarantineService and the store. */
public final class QuarantineRpc {
  private static final String LIST = "quarantine.1";

  private final QuarantineStore store;
  private final PostgresWebhookLog log;
  private final WorkspaceStore workspaces;
  private final Runnable wakeApplier;

  QuarantineRpc(
      QuarantineStore store,
      PostgresWebhookLog log,
      WorkspaceStore workspaces,
      Runnable wakeApplier) {
    this.store = store;
    this.log = log;
    this.workspaces = workspaces;
    this.wakeApplier = wakeApplier;
  }

  public ListQuarantineResponse list(Actor actor, ListQuarantineRequest request) {
    int size = PageSize.of(request.getPageSize());
    long before = PageToken.number(LIST, request.getPageToken(), Long.MAX_VALUE);
    List<QuarantineRow> rows =
        store.list(
            actor.workspace(), isOperator(actor), before, request.getWithReplayed(), size + 1);
    ListQuarantineResponse.Builder page = ListQuarantineResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addQuarantined(quarantined(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(LIST).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  public ReplayQuarantinedResponse replay(Actor actor, ReplayQuarantinedRequest request) {
    QuarantineRow row =
        store
            .replay(actor.workspace(), isOperator(actor), request.getQuarantineId(), log)
            .orElseThrow(
                () ->
                    HeraldException.notFound(
                        "QUARANTINE_NOT_FOUND", "There is no such part in quarantine."));
    wakeApplier.run();
    return ReplayQuarantinedResponse.newBuilder().setQuarantined(quarantined(row)).build();
  }

  private boolean isOperator(Actor actor) {
    return workspaces.find(actor.workspace()).map(WorkspaceRow::operator).orElse(false);
  }

  private static Quarantined quarantined(QuarantineRow row) {
    Quarantined.Builder part =
        Quarantined.newBuilder()
            .setId(row.id())
            .setPath(row.path())
            .setReason(row.reason())
            .setMessage(row.message())
            .setContent(content(row.body()))
            .setReceiveTime(timestamp(row.receiveTime()))
            .setCreateTime(timestamp(row.createTime()));
    if (row.replayTime() != null) {
      part.setReplayTime(timestamp(row.replayTime()));
    }
    return part.build();
  }

  // Whatever the bytes are: what is no text is shown as replacement characters.
  private static String content(byte[] body) {
    return new String(
        body, 0, Math.min(body.length, QuarantineStore.SHOWN_BYTES), StandardCharsets.UTF_8);
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }
}
