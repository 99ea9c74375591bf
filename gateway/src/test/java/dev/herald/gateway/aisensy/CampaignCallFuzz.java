package dev.herald.gateway.aisensy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an AiSensy client sends is read with patience or refused in AiSensy's words. */
class CampaignCallFuzz {
  private static final LiveCampaign CAMPAIGN =
      new LiveCampaign(1, List.of("body.1"), List.of("button.0.1"), false);

  @MethodSource("calls")
  @FuzzTest(maxDuration = "4s")
  void aCallIsReadOrRefused(byte[] body) {
    try {
      JsonNode tree = AisensyRoutes.json(body);
      CampaignCall call = CampaignCall.of(tree);
      Destination.parse(call.destination(), call.defaultCountry());
      CAMPAIGN.values(call, call.parameters());
    } catch (AisensyError e) {
      if (e.status() != 400) {
        throw e;
      }
    }
  }

  static Stream<byte[]> calls() {
    return Stream.of(
            """
            {"apiKey":"hk_x","campaignName":"Offer","destination":"+919876543210","userName":"A",
             "source":"n8n","media":{"url":"https://example.com/a.png","filename":"a.png"},
             "templateParams":["$FirstName"],"tags":["vip"],"attributes":{"city":"Pune"},
             "buttons":[{"type":"button","sub_type":"url","index":"0",
                         "parameters":[{"type":"text","text":"track/7"}]}],
             "paramsFallbackValue":{"FirstName":"user"},"defaultCountryCode":"IN"}
            """,
            "{\"destination\":9876543210,\"templateParams\":[1,null,{}],\"buttons\":{}}",
            "{\"destination\":\"\\u0660\\u0661;ext=5\",\"media\":[],\"attributes\":[]}")
        .map(body -> body.getBytes(StandardCharsets.UTF_8));
  }
}
