package dev.herald.gateway.api;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Message;
import dev.herald.gateway.testing.RecordingServices;
import dev.herald.runtime.HeraldException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes as the body of any request: it becomes a message or is refused as the caller's fault.
 */
class JsonBodyFuzz {
  private static final List<Rpc> RPCS =
      RecordingServices.methods().keySet().stream()
          .sorted(Comparator.comparing(method -> method.getFullMethodName()))
          .map(Rpc::of)
          .toList();
  private static final Validation RULES = new Validation();

  /** The first byte says which request it is. */
  @MethodSource("bodies")
  @FuzzTest(maxDuration = "4s")
  void aBodyBecomesARequestOrIsRefused(byte[] data) {
    if (data.length == 0) {
      return;
    }
    Rpc rpc = RPCS.get((data[0] & 0xFF) % RPCS.size());
    Message.Builder request = rpc.newRequest();
    try {
      ProtoJson.merge(JsonTree.object(Arrays.copyOfRange(data, 1, data.length)), request);
      RULES.require(request.build());
    } catch (HeraldException e) {
      if (e.kind() != HeraldException.Kind.INVALID || e.reason().isEmpty()) {
        throw e;
      }
    }
  }

  static Stream<byte[]> bodies() {
    return Stream.of(
            "{}",
            "{\"campaignId\":\"1\",\"pageSize\":50,\"pageToken\":\"\"}",
            """
            {"name":"Offer","type":"BROADCAST","channelId":"7","maxRate":80,"startGrace":"90s",
             "content":{"template":{"templateId":"5","parameters":[
               {"placeholder":"body.1","column":"name"},{"placeholder":"body.2","text":"x"}]}}}
            """,
            "{\"filter\":{\"buckets\":[\"BUCKET_READ\"],\"startTime\":\"2026-11-02T00:00:00Z\"}}",
            "{\"amount\":{\"currency\":\"USD\",\"micros\":\"1000000\"}}",
            "{\"contacts\":[{\"phone\":\"+919800000000\",\"attributes\":{\"city\":\"Pune\"}}]}")
        .flatMap(body -> Stream.of('\0', 'A', '~').map(which -> which + body))
        .map(body -> body.getBytes(StandardCharsets.UTF_8));
  }
}
