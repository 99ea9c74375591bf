package dev.herald.campaign.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.ConversionServiceGrpc;
import dev.herald.campaign.v1.GetCampaignRequest;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.LaunchCampaignRequest;
import dev.herald.campaign.v1.PauseCampaignRequest;
import dev.herald.campaign.v1.PauseCampaignResponse;
import dev.herald.campaign.v1.ReplyServiceGrpc;
import dev.herald.campaign.v1.ResumeCampaignRequest;
import dev.herald.campaign.v1.SendingRulesServiceGrpc;
import dev.herald.campaign.v1.StopCampaignRequest;
import dev.herald.campaign.v1.StopCampaignResponse;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.testing.TestTokens;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** The service as its callers reach it: a stub for each of its contracts, and files. */
public abstract class StageCalls {

  public final long workspace = 7_001;

  public final TestTokens tokens = new TestTokens();

  ManagedChannel channel;

  public CampaignServiceGrpc.CampaignServiceBlockingStub campaigns() {
    return CampaignServiceGrpc.newBlockingStub(channel);
  }

  public CampaignServiceGrpc.CampaignServiceBlockingStub campaignsAs(CallCredentials caller) {
    return campaigns().withCallCredentials(caller);
  }

  public AudienceServiceGrpc.AudienceServiceBlockingStub audiences() {
    return AudienceServiceGrpc.newBlockingStub(channel);
  }

  public ChannelServiceGrpc.ChannelServiceBlockingStub channels() {
    return ChannelServiceGrpc.newBlockingStub(channel);
  }

  public TemplateServiceGrpc.TemplateServiceBlockingStub templates() {
    return TemplateServiceGrpc.newBlockingStub(channel);
  }

  public ContactServiceGrpc.ContactServiceBlockingStub contacts() {
    return ContactServiceGrpc.newBlockingStub(channel);
  }

  public ReplyServiceGrpc.ReplyServiceBlockingStub replies() {
    return ReplyServiceGrpc.newBlockingStub(channel);
  }

  public ConversionServiceGrpc.ConversionServiceBlockingStub conversions() {
    return ConversionServiceGrpc.newBlockingStub(channel);
  }

  /** The workspace's rules, as its owner. */
  public SendingRulesServiceGrpc.SendingRulesServiceBlockingStub rules() {
    return SendingRulesServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.owner(workspace));
  }

  public InboundServiceGrpc.InboundServiceBlockingStub inbound() {
    return InboundServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.service("gateway"));
  }

  public CampaignFeedServiceGrpc.CampaignFeedServiceBlockingStub feed() {
    return CampaignFeedServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.service("gateway"));
  }

  public CallCredentials operatorOf(long otherWorkspace) {
    return tokens.credentials(otherWorkspace, Role.OPERATOR);
  }

  /** Somebody of the stage's workspace who may only look. */
  public CallCredentials viewer() {
    return tokens.viewer(workspace);
  }

  public Campaign schedule(long campaign, Instant start) {
    return campaigns()
        .launchCampaign(
            LaunchCampaignRequest.newBuilder()
                .setCampaignId(campaign)
                .setStartTime(
                    Timestamp.newBuilder()
                        .setSeconds(start.getEpochSecond())
                        .setNanos(start.getNano()))
                .build())
        .getCampaign();
  }

  public Campaign launch(long campaign) {
    return campaigns()
        .launchCampaign(LaunchCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public PauseCampaignResponse pause(long campaign) {
    return campaigns()
        .pauseCampaign(PauseCampaignRequest.newBuilder().setCampaignId(campaign).build());
  }

  public Campaign resume(long campaign) {
    return campaigns()
        .resumeCampaign(ResumeCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public StopCampaignResponse stop(long campaign) {
    return campaigns()
        .stopCampaign(StopCampaignRequest.newBuilder().setCampaignId(campaign).build());
  }

  public Campaign get(long campaign) {
    return campaigns()
        .getCampaign(GetCampaignRequest.newBuilder().setCampaignId(campaign).build())
        .getCampaign();
  }

  public Campaign awaitStatus(long campaign, CampaignStatus status) {
    return Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> get(campaign), now -> now.getStatus() == status);
  }

  public AudienceImport upload(long campaign, String csv) {
    return upload(campaign, csv.getBytes(StandardCharsets.UTF_8), 64 * 1024);
  }

  public AudienceImport upload(long campaign, byte[] csv, int chunk) {
    return upload(
        AudienceFile.newBuilder().setCampaignId(campaign).setTotalBytes(csv.length).build(),
        new ByteArrayInputStream(csv),
        chunk);
  }

  public AudienceImport upload(AudienceFile file, InputStream csv, int chunk) {
    CompletableFuture<AudienceImport> result = new CompletableFuture<>();
    StreamObserver<UploadAudienceRequest> upload =
        AudienceServiceGrpc.newStub(channel)
            .uploadAudience(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadAudienceResponse response) {
                    result.complete(response.getImport());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    result.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    try {
      upload.onNext(UploadAudienceRequest.newBuilder().setFile(file).build());
      byte[] part;
      while (!result.isDone() && (part = csv.readNBytes(chunk)).length > 0) {
        upload.onNext(
            UploadAudienceRequest.newBuilder().setChunk(ByteString.copyFrom(part)).build());
      }
      upload.onCompleted();
      return result.get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StatusRuntimeException status) {
        throw status;
      }
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins an upload, sends one part of it and, after something, goes away. */
  public void uploadHalf(AudienceFile file, ByteString part, Runnable before) {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    StreamObserver<UploadAudienceRequest> upload =
        AudienceServiceGrpc.newStub(channel)
            .uploadAudience(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UploadAudienceResponse response) {}

                  @Override
                  public void onError(Throwable failure) {
                    ended.complete(true);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(UploadAudienceRequest.newBuilder().setFile(file).build());
    upload.onNext(UploadAudienceRequest.newBuilder().setChunk(part).build());
    before.run();
    upload.onError(new java.util.concurrent.CancellationException("gone away"));
    ended.orTimeout(30, TimeUnit.SECONDS).join();
  }
}
