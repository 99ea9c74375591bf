package dev.herald.gateway.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.RecordEvidenceResponse;
import dev.herald.campaign.v1.GetCampaignLinksResponse;
import dev.herald.campaign.v1.LinkServiceGrpc;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.LinkCodec.Link;
import dev.herald.runtime.messagekey.MessageKey;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Whoever opens a link gets there, whatever Herald's other parts are doing. */
class LinksWhileOthersAreAwayTest {
  private static final HeraldException AWAY =
      HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not now.");
  private static final String TARGET = "https://shop.example/offer";
  private static final String PHONE =
      "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
  private static final long CAMPAIGN = 4711;

  private static Answer open(TestGateway herald, int ordinal) {
    String token =
        new LinkCodec(List.of(TestGateway.MESSAGE_KEY_SECRET))
            .encode(new Link(new MessageKey(CAMPAIGN, ordinal, "IN", 20_261_101), 0));
    return herald.send(herald.anonymous("/l/" + token).header("User-Agent", PHONE));
  }

  @Test
  void aKnownLinkWorksWhileTheOthersAreAwayAndItsOpeningIsToldWhenTheyAreBack() {
    try (TestGateway herald = TestGateway.start()) {
      herald
          .services()
          .answer(
              LinkServiceGrpc.getGetCampaignLinksMethod(),
              GetCampaignLinksResponse.newBuilder()
                  .setWorkspaceId(herald.workspace())
                  .addTargets(TARGET)
                  .build());
      assertThat(open(herald, 0).status()).isEqualTo(302);

      herald.services().refuse(EvidenceServiceGrpc.getRecordEvidenceMethod(), AWAY);
      herald.services().refuse(LinkServiceGrpc.getGetCampaignLinksMethod(), AWAY);
      herald.restart();
      Answer answer = open(herald, 1);
      assertThat(answer.status()).isEqualTo(302);
      assertThat(answer.header("Location")).isEqualTo(TARGET);

      Queue<Evidence> told = new ConcurrentLinkedQueue<>();
      herald
          .services()
          .on(
              EvidenceServiceGrpc.getRecordEvidenceMethod(),
              request -> {
                told.addAll(request.getEvidenceList());
                return RecordEvidenceResponse.getDefaultInstance();
              });
      await()
          .untilAsserted(
              () ->
                  assertThat(told)
                      .extracting(Evidence::getKind, Evidence::getOrdinal)
                      .contains(tuple(EvidenceKind.CLICKED, 1)));
    }
  }

  @Test
  void aLinkThatIsNotKnownYetSaysThatItWillWorkLater() {
    try (TestGateway herald = TestGateway.start()) {
      herald.services().refuse(LinkServiceGrpc.getGetCampaignLinksMethod(), AWAY);
      assertThat(open(herald, 0).status()).isEqualTo(503);

      herald
          .services()
          .answer(
              LinkServiceGrpc.getGetCampaignLinksMethod(),
              GetCampaignLinksResponse.newBuilder()
                  .setWorkspaceId(herald.workspace())
                  .addTargets(TARGET)
                  .build());
      assertThat(open(herald, 0).status()).isEqualTo(302);
    }
  }
}
