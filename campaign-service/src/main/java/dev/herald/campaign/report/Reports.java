package dev.herald.campaign.report;

import com.google.protobuf.MessageLite;
import dev.herald.analytics.v1.CampaignSnapshot;
import dev.herald.analytics.v1.PutCampaignSnapshotsRequest;
import dev.herald.billing.v1.ChargeBasis;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.rpc.Protos;
import dev.herald.runtime.outbox.Outbox;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Writes down what analytics must know, in the transaction of the change.
 *
 * <p>Evidence and snapshots share one topic: a snapshot that says SENT is written after all
 * evidence of the campaign, and so never arrives before it (promise P4).
 */
public final class Reports {
  /** The outbox's topic for analytics. */
  public static final String TOPIC = "analytics";

  static final byte EVIDENCE = 'e';
  static final byte SNAPSHOT = 's';

  public void evidence(Handle tx, EvidenceBatch batch) {
    if (!batch.isEmpty()) {
      Outbox.append(tx, TOPIC, payload(EVIDENCE, batch.request()));
    }
  }

  public void evidence(Handle tx, List<EvidenceBatch> batches) {
    Outbox.appendAll(
        tx,
        TOPIC,
        batches.stream()
            .filter(batch -> !batch.isEmpty())
            .map(batch -> payload(EVIDENCE, batch.request()))
            .toList());
  }

  /** The campaign as it is now; read it after the change. */
  public void snapshot(Handle tx, Campaign campaign) {
    Outbox.append(
        tx,
        TOPIC,
        payload(
            SNAPSHOT, PutCampaignSnapshotsRequest.newBuilder().addSnapshots(of(campaign)).build()));
  }

  static CampaignSnapshot of(Campaign campaign) {
    CampaignSnapshot.Builder snapshot =
        CampaignSnapshot.newBuilder()
            .setWorkspaceId(campaign.workspace().value())
            .setCampaignId(campaign.id().value())
            .setVersion(campaign.snapshotVersion())
            .setStatus(dev.herald.common.v1.CampaignStatus.valueOf(campaign.status().name()))
            .setType(dev.herald.common.v1.CampaignType.valueOf(campaign.type().name()))
            .setMessageType(dev.herald.common.v1.MessageType.valueOf(campaign.messageType().name()))
            .setAudience(campaign.audience())
            .setCreateTime(Protos.timestamp(campaign.createdAt()))
            .setChannelId(campaign.channel().value())
            .setTimeZone(campaign.timeZone());
    if (campaign.launchedAt() != null) {
      snapshot.setLaunchTime(Protos.timestamp(campaign.launchedAt()));
    }
    if (campaign.category() != null) {
      snapshot.setCategory(MessageCategory.valueOf(campaign.category().name()));
    }
    if (campaign.chargeBasis() != null) {
      snapshot.setChargeBasis(ChargeBasis.valueOf(campaign.chargeBasis()));
    }
    return snapshot.build();
  }

  private static byte[] payload(byte kind, MessageLite message) {
    byte[] body = message.toByteArray();
    byte[] payload = new byte[body.length + 1];
    payload[0] = kind;
    System.arraycopy(body, 0, payload, 1, body.length);
    return payload;
  }
}
