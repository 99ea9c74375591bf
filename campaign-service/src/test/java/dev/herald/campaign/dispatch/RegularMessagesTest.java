package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.Content;
import dev.herald.campaign.v1.CreateCampaignRequest;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.RegularContent;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import dev.herald.common.v1.MessageType;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Free text reaches only people who wrote to us within a day, by the clock of the dispatch. */
class RegularMessagesTest {
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(500);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static CreateCampaignRequest.Builder request(RegularContent.Builder content) {
    return CreateCampaignRequest.newBuilder()
        .setName("Regular " + System.nanoTime())
        .setType(CampaignType.BROADCAST)
        .setMessageType(MessageType.REGULAR)
        .setChannelId(channel.getId())
        .setContent(Content.newBuilder().setRegular(content));
  }

  // Both sides must have heard it: the service, and WhatsApp, which keeps the window too.
  private static void wrote(String digits, Instant when) {
    stage.tell(
        Stage.event(channel, when)
            .setMessage(
                InboundMessage.newBuilder()
                    .setFrom(digits)
                    .setWamid("wamid." + digits)
                    .setType("text")
                    .setText("hello"))
            .build());
    stage
        .simulator
        .controls()
        .text(
            stage.simulator.controls().directory().numberAt(0),
            Long.parseLong(digits),
            "hello",
            null);
  }

  @Test
  void whoHasNotWrittenWithinADayIsSkippedAtTheMomentOfDispatch() {
    Instant now = Instant.now();
    wrote("919880000001", now);
    wrote("919880000002", now.minus(Duration.ofHours(25)));
    Campaign draft =
        stage
            .campaigns()
            .createCampaign(
                request(RegularContent.newBuilder().setText("Hi {{name}}, {{offer}}")).build())
            .getCampaign();
    stage.upload(
        draft.getId(),
        """
        phone,name,offer
        +919880000001,Asha,"two
        lines"
        +919880000002,Bela,b
        +919880000003,Chitra,c
        """);
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.taken(draft.getId()).keySet()).containsExactly(0);
    Awaitility.await().until(() -> stage.analytics.messages(draft.getId()).size() == 3);
    for (int skipped : new int[] {1, 2}) {
      assertThat(
              stage
                  .analytics
                  .messages(draft.getId())
                  .get(skipped)
                  .of(EvidenceKind.SKIPPED)
                  .getSkipReason())
          .isEqualTo(SkipReason.NOT_ACTIVE);
    }
  }

  @Test
  void aPictureHasALinkAndACaption() {
    wrote("919880000011", Instant.now());
    Campaign draft =
        stage
            .campaigns()
            .createCampaign(
                request(
                        RegularContent.newBuilder()
                            .setText("Look, {{name}}")
                            .setMediaLink("https://example.org/a.jpg")
                            .setMediaType("image"))
                    .build())
            .getCampaign();
    stage.upload(draft.getId(), "phone,name\n+919880000011,Asha\n");
    stage.launch(draft.getId());
    stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
    assertThat(stage.takenCount(draft.getId())).isOne();
  }

  @Test
  void badContentIsNamedByField() {
    assertThat(fields(RegularContent.newBuilder())).containsExactly("content.regular.text");
    assertThat(fields(RegularContent.newBuilder().setMediaType("image")))
        .containsExactly("content.regular.media_type");
    assertThat(
            fields(RegularContent.newBuilder().setMediaType("image").setMediaLink("file:///etc")))
        .containsExactly("content.regular.media_link");
    assertThat(
            fields(
                RegularContent.newBuilder()
                    .setMediaType("image")
                    .setMediaLink("https://example.org/a.jpg")
                    .setText("x".repeat(1025))))
        .containsExactly("content.regular.text");
  }

  private static java.util.List<String> fields(RegularContent.Builder content) {
    return Stage.fieldsOf(() -> stage.campaigns().createCampaign(request(content).build()));
  }
}
