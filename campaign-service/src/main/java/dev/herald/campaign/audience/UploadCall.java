package dev.herald.campaign.audience;

import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * One upload: the call's own thread hands the chunks over and so waits while the reader is behind;
 * a second thread reads and answers.
 */
final class UploadCall implements StreamObserver<UploadAudienceRequest> {
  private static final int MAX_CHUNK = 1024 * 1024;
  private final Audiences audiences;
  private final Function<AudienceImport, dev.herald.campaign.v1.AudienceImport> shown;
  private final WorkspaceId workspace;
  private final StreamObserver<UploadAudienceResponse> answer;
  private final ChunkPipe pipe = new ChunkPipe();
  private boolean started;

  UploadCall(
      Audiences audiences,
      Function<AudienceImport, dev.herald.campaign.v1.AudienceImport> shown,
      WorkspaceId workspace,
      StreamObserver<UploadAudienceResponse> answer) {
    this.audiences = audiences;
    this.shown = shown;
    this.workspace = workspace;
    this.answer = answer;
  }

  @Override
  public void onNext(UploadAudienceRequest request) {
    try {
      switch (request.getPartCase()) {
        case FILE -> start(request.getFile());
        case CHUNK -> {
          requireStarted();
          if (request.getChunk().size() > MAX_CHUNK) {
            throw HeraldException.invalid("chunk", "CHUNK_TOO_LARGE", "A chunk has at most 1 MiB.");
          }
          pipe.write(request.getChunk());
        }
        case PART_NOT_SET -> throw outOfOrder();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (HeraldException e) {
      if (started) {
        onError(e);
      }
      throw e;
    }
  }

  private void start(AudienceFile file) {
    if (started) {
      throw outOfOrder();
    }
    if (file.getCampaignId() <= 0) {
      throw HeraldException.invalid(
          "file.campaign_id", "CAMPAIGN_ID_MISSING", "The first message must name the campaign.");
    }
    started = true;
    // A fork outlives the call: when the client goes away, that must still be noted.
    Thread.ofVirtual()
        .name("upload-" + file.getCampaignId())
        .start(Context.current().fork().wrap(() -> read(file)));
  }

  private void read(AudienceFile file) {
    try {
      AudienceImport result =
          CsvUpload.run(audiences, workspace, new CampaignId(file.getCampaignId()), file, pipe);
      answer.onNext(UploadAudienceResponse.newBuilder().setImport(shown.apply(result)).build());
      answer.onCompleted();
    } catch (RuntimeException e) {
      answer.onError(e);
    } finally {
      pipe.abandon();
    }
  }

  private void requireStarted() {
    if (!started) {
      throw outOfOrder();
    }
  }

  @Override
  public void onError(Throwable failure) {
    try {
      pipe.breakOff();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onCompleted() {
    requireStarted();
    try {
      pipe.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HeraldException outOfOrder() {
    return HeraldException.invalid(
        "part",
        "UPLOAD_OUT_OF_ORDER",
        "The first message names the campaign, every further one carries a part of the file.");
  }
}
