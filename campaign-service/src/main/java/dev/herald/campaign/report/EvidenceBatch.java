package dev.herald.campaign.report;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.whatsapp.MetaError;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;

/** Facts about messages of one campaign, on their way to analytics. */
public final class EvidenceBatch {
  private final WorkspaceId workspace;
  private final CampaignId campaign;
  private final RecordEvidenceRequest.Builder request = RecordEvidenceRequest.newBuilder();

  /**
   * The message a fact is about.
   *
   * @param lot its price line; 0 when no money is involved
   */
  public record Subject(int ordinal, String country, int lot) {}

  public EvidenceBatch(WorkspaceId workspace, CampaignId campaign) {
    this.workspace = workspace;
    this.campaign = campaign;
  }

  public boolean isEmpty() {
    return request.getEvidenceCount() == 0;
  }

  public int size() {
    return request.getEvidenceCount();
  }

  public void add(Subject subject, EvidenceKind kind, Instant time) {
    request.addEvidence(fact(subject, kind, time));
  }

  public void failed(Subject subject, MetaError error, Instant time) {
    request.addEvidence(
        fact(subject, EvidenceKind.FAILED, time)
            .setFailure(
                Failure.newBuilder()
                    .setCode(Math.max(0, error.code()))
                    .setTitle(error.title())
                    .setDetails(error.details())));
  }

  public void skipped(Subject subject, SkipReason reason, Instant time) {
    request.addEvidence(fact(subject, EvidenceKind.SKIPPED, time).setSkipReason(reason));
  }

  private Evidence.Builder fact(Subject subject, EvidenceKind kind, Instant time) {
    return Evidence.newBuilder()
        .setWorkspaceId(workspace.value())
        .setCampaignId(campaign.value())
        .setOrdinal(subject.ordinal())
        .setKind(kind)
        .setTime(Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
        .setCountry(subject.country())
        .setLot(subject.lot());
  }

  RecordEvidenceRequest request() {
    return request.build();
  }
}
