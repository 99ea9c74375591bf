package dev.herald.campaign.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.AcknowledgeStatusChangesRequest;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignFeedServiceGrpc;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.ListUntoldStatusChangesRequest;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeedTest {
  @Test
  void everyChangeIsOfferedUntilItIsAcknowledged() {
    try (Stage stage = Stage.open(1000)) {
      Channel channel = stage.readyChannel(900);
      Campaign draft =
          stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
      stage.upload(draft.getId(), Stage.people(20, "first_name"));
      assertThat(untold(stage)).isEmpty();

      stage.launch(draft.getId());
      stage.awaitStatus(draft.getId(), CampaignStatus.SENT);

      List<UntoldStatusChange> changes = untold(stage);
      assertThat(changes)
          .extracting(UntoldStatusChange::getTo)
          .containsExactly(CampaignStatus.LIVE, CampaignStatus.SENT);
      assertThat(changes).allMatch(change -> change.getCampaignId() == draft.getId());
      assertThat(changes).allMatch(change -> change.getWorkspaceId() == stage.workspace);
      stage.restart();
      assertThat(untold(stage)).isEqualTo(changes);

      acknowledge(stage, changes.getFirst().getId());
      acknowledge(stage, changes.getFirst().getId());
      assertThat(untold(stage)).containsExactly(changes.getLast());
      acknowledge(stage, changes.getLast().getId());
      assertThat(untold(stage)).isEmpty();

      assertThatThrownBy(() -> askAsOwner(stage)).isInstanceOf(StatusRuntimeException.class);
    }
  }

  private static List<UntoldStatusChange> untold(Stage stage) {
    return stage
        .feed()
        .listUntoldStatusChanges(ListUntoldStatusChangesRequest.getDefaultInstance())
        .getChangesList();
  }

  private static void acknowledge(Stage stage, long id) {
    var _ =
        stage
            .feed()
            .acknowledgeStatusChanges(
                AcknowledgeStatusChangesRequest.newBuilder().addIds(id).build());
  }

  private static void askAsOwner(Stage stage) {
    CampaignFeedServiceGrpc.CampaignFeedServiceBlockingStub owner =
        stage.feed().withCallCredentials(stage.tokens.owner(stage.workspace));
    var _ = owner.listUntoldStatusChanges(ListUntoldStatusChangesRequest.getDefaultInstance());
  }
}
