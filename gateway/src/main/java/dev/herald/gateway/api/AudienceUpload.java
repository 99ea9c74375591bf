package dev.herald.gateway.api;

import com.google.protobuf.UnsafeByteOperations;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.UploadAudienceRequest;
import dev.herald.campaign.v1.UploadAudienceResponse;
import dev.herald.gateway.http.HttpRefusal;
import dev.herald.gateway.http.RequestBody;
import dev.herald.runtime.HeraldException;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Streams a CSV file to campaign-service: what has not been taken there is not read here, so a file
 * of any size needs the memory of a few chunks.
 */
final class AudienceUpload {
  static final String RESOURCE = "import";

  private static final int CHUNK = 256 * 1024;
  private static final long MAX_BYTES = 512L * 1024 * 1024;
  private static final Duration DEADLINE = Duration.ofMinutes(30);
  private static final String CSV = "text/csv";
  private static final Set<String> PARAMETERS = Set.of("defaultRegion", "tags");

  private AudienceUpload() {}

  /** The answer's JSON, once the whole file has been taken. */
  static String run(Call call, Context ctx) throws IOException, InterruptedException {
    if (!RequestBody.isOfType(ctx.contentType(), CSV)) {
      throw HttpRefusal.mediaType(CSV);
    }
    UploadAudienceRequest first = UploadAudienceRequest.newBuilder().setFile(file(ctx)).build();
    BlockingClientCall<UploadAudienceRequest, UploadAudienceResponse> upload =
        call.services()
            .send(
                AudienceServiceGrpc.getUploadAudienceMethod(),
                call.actor().principal(),
                call.actor().requestId(),
                DEADLINE);
    try {
      if (upload.write(first)) {
        send(ctx.req().getInputStream(), upload);
      }
      // Also after an early refusal, which is what reading gives then.
      UploadAudienceResponse answer = upload.read();
      if (answer == null) {
        throw HeraldException.internal("An upload ended without an answer", null);
      }
      return ProtoJson.print(answer, Optional.of(RESOURCE));
    } catch (StatusException e) {
      throw Services.translate(e);
    } catch (IOException | HttpRefusal e) {
      // The service must see that the file is not whole: it then keeps nothing of it.
      upload.cancel("The upload was cut short.", e);
      throw e;
    }
  }

  private static void send(
      InputStream in, BlockingClientCall<UploadAudienceRequest, UploadAudienceResponse> upload)
      throws IOException, InterruptedException, StatusException {
    long sent = 0;
    for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
      sent += chunk.length;
      if (sent > MAX_BYTES) {
        throw HttpRefusal.bodyTooLarge(MAX_BYTES);
      }
      var part =
          UploadAudienceRequest.newBuilder().setChunk(UnsafeByteOperations.unsafeWrap(chunk));
      if (!upload.write(part.build())) {
        return;
      }
    }
    upload.halfClose();
  }

  private static AudienceFile file(Context ctx) {
    Map<String, List<String>> query = ctx.queryParamMap();
    for (String name : query.keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw HeraldException.invalid(
            name, "PARAMETER_UNKNOWN", "This route has no parameter of this name.");
      }
    }
    return AudienceFile.newBuilder()
        .setCampaignId(campaignId(ctx))
        .setDefaultRegion(query.getOrDefault("defaultRegion", List.of("")).getFirst())
        .addAllTags(query.getOrDefault("tags", List.of()))
        .setTotalBytes(Math.max(0, ctx.req().getContentLengthLong()))
        .build();
  }

  private static long campaignId(Context ctx) {
    String text = ctx.pathParam("campaignId");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HeraldException.invalid(
          "campaignId", "INTEGER_EXPECTED", "A campaign's id is a whole number.");
    }
  }
}
