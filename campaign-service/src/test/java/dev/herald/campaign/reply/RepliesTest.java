package dev.herald.campaign.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.EraseContactRequest;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.ListRepliesRequest;
import dev.herald.campaign.v1.ListRepliesResponse;
import dev.herald.campaign.v1.ListReplyCountsRequest;
import dev.herald.campaign.v1.ReplyCount;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.journal.Query;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What people answer belongs to the message they answer, is counted once and told to whom it may.
 */
class RepliesTest {
  private static final AtomicLong PEOPLE = new AtomicLong(919_850_000_000L);
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(900);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static InboundMessage.Builder from(long person, String type, String text) {
    return InboundMessage.newBuilder()
        .setFrom(Long.toString(person))
        .setWamid("wamid.in." + System.nanoTime())
        .setType(type)
        .setText(text);
  }

  private static void tell(InboundMessage.Builder message, Instant time) {
    assertThat(stage.tell(Stage.event(channel, time).setMessage(message).build())).isEmpty();
  }

  // As WhatsApp's answer to the sending named it, in the order in which the person got them.
  private static List<String> wamidsOf(long person) {
    return stage.simulator.record().messages(Query.to(person), 0, 100).stream()
        .map(Message::wamid)
        .toList();
  }

  private static Map<String, Integer> counts(Campaign campaign) {
    return stage
        .replies()
        .listReplyCounts(
            ListReplyCountsRequest.newBuilder().setCampaignId(campaign.getId()).build())
        .getCountsList()
        .stream()
        .collect(Collectors.toMap(ReplyCount::getButton, ReplyCount::getMessages));
  }

  private static ListRepliesResponse list(Campaign campaign, int size, String token) {
    return stage
        .replies()
        .listReplies(
            ListRepliesRequest.newBuilder()
                .setCampaignId(campaign.getId())
                .setPageSize(size)
                .setPageToken(token)
                .build());
  }

  private static void awaitReplied(Campaign campaign, int ordinal) {
    Awaitility.await()
        .until(
            () ->
                stage.analytics.messages(campaign.getId()).get(ordinal) != null
                    && stage
                        .analytics
                        .messages(campaign.getId())
                        .get(ordinal)
                        .kinds()
                        .contains(EvidenceKind.REPLIED));
  }

  @Test
  void aQuotedMessageIsTheOneThatIsAnsweredAlsoWhenALaterOneCameBetweenAndTheWindowIsOver() {
    long person = PEOPLE.incrementAndGet();
    Campaign first = stage.sendTo(channel, person);
    Campaign second = stage.sendTo(channel, person);
    List<String> wamids = wamidsOf(person);
    assertThat(wamids).hasSize(2);
    tell(
        from(person, "text", "about the first").setContextWamid(wamids.getFirst()),
        Instant.now().plus(Duration.ofDays(5)));
    awaitReplied(first, 0);
    assertThat(counts(first)).containsExactly(Map.entry("", 1));
    assertThat(counts(second)).isEmpty();
    tell(from(person, "text", "about the last"), Instant.now());
    awaitReplied(second, 0);
    assertThat(counts(second)).containsExactly(Map.entry("", 1));
    assertThat(list(first, 10, "").getReplies(0).getText()).isEqualTo("about the first");
    assertThat(list(second, 10, "").getReplies(0).getText()).isEqualTo("about the last");
  }

  @Test
  void anUnknownQuotationFallsBackToTheLastMessage() {
    long person = PEOPLE.incrementAndGet();
    Campaign campaign = stage.sendTo(channel, person);
    tell(from(person, "text", "hm").setContextWamid("wamid.nobodys"), Instant.now());
    awaitReplied(campaign, 0);
    assertThat(counts(campaign)).containsExactly(Map.entry("", 1));
  }

  @Test
  void buttonsAreCountedOncePerMessageHoweverOftenTheyAreToldOrTapped() {
    long one = PEOPLE.incrementAndGet();
    long two = PEOPLE.incrementAndGet();
    Campaign campaign = stage.sendTo(channel, one, two);
    InboundMessage.Builder yes = from(one, "button", "Yes, please");
    tell(yes, Instant.now());
    tell(yes, Instant.now());
    tell(from(one, "button", "Yes, please"), Instant.now());
    tell(from(one, "button", "Not now"), Instant.now());
    tell(from(one, "text", "or perhaps later"), Instant.now());
    tell(from(two, "interactive", "Yes, please"), Instant.now());
    awaitReplied(campaign, 0);
    assertThat(counts(campaign))
        .containsOnly(Map.entry("Yes, please", 2), Map.entry("Not now", 1), Map.entry("", 1));
    assertThat(list(campaign, 100, "").getRepliesList()).hasSize(5);
  }

  @Test
  void repliesAreListedNewestFirstPageByPageWithTheirAuthors() {
    long person = PEOPLE.incrementAndGet();
    Campaign campaign = stage.sendTo(channel, person);
    Instant now = Instant.now();
    for (int i = 0; i < 25; i++) {
      tell(from(person, "text", "line " + i), now.plusSeconds(i / 2));
    }
    List<String> texts = new ArrayList<>();
    String token = "";
    do {
      ListRepliesResponse page = list(campaign, 7, token);
      page.getRepliesList()
          .forEach(
              reply -> {
                texts.add(reply.getText());
                assertThat(reply.getPhone()).isEqualTo("+" + person);
                assertThat(reply.getName()).isEqualTo("Asha Rao");
              });
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    // Twenty of one message are kept, however much somebody writes.
    assertThat(texts).hasSize(20).doesNotHaveDuplicates();
    assertThat(texts.subList(0, 2)).containsExactlyInAnyOrder("line 18", "line 19");
    assertThat(counts(campaign)).containsExactly(Map.entry("", 1));
  }

  @Test
  void wordsGoWithThePersonAndWithTimeAndCountsStay() {
    long person = PEOPLE.incrementAndGet();
    long other = PEOPLE.incrementAndGet();
    Campaign campaign = stage.sendTo(channel, person, other);
    tell(from(person, "text", "my address is 1 Hill Road"), Instant.now());
    tell(from(other, "text", "an old story"), Instant.now());
    awaitReplied(campaign, 1);
    stage.contacts().eraseContact(EraseContactRequest.newBuilder().setPhone("+" + person).build());
    assertThat(list(campaign, 10, "").getRepliesList())
        .extracting(reply -> reply.getText() + reply.getPhone())
        .containsExactlyInAnyOrder("", "an old story+" + other);
    int forgotten =
        stage.query(
            (Handle handle) -> new ReplyStore().forgetOld(handle, Duration.ofMinutes(-1), 1000));
    assertThat(forgotten).isPositive();
    assertThat(list(campaign, 10, "").getRepliesList())
        .extracting(dev.herald.campaign.v1.Reply::getText)
        .containsOnly("");
    assertThat(counts(campaign)).containsExactly(Map.entry("", 2));
  }

  @Test
  void viewersSeeCountsButNotWordsAndStrangersNothing() {
    Campaign campaign = stage.sendTo(channel, PEOPLE.incrementAndGet());
    ListRepliesRequest words =
        ListRepliesRequest.newBuilder().setCampaignId(campaign.getId()).build();
    ListReplyCountsRequest numbers =
        ListReplyCountsRequest.newBuilder().setCampaignId(campaign.getId()).build();
    var viewer = stage.replies().withCallCredentials(stage.viewer());
    assertThat(viewer.listReplyCounts(numbers).getCountsList()).isEmpty();
    assertThat(codeOf(() -> viewer.listReplies(words))).isEqualTo(Status.Code.PERMISSION_DENIED);
    var stranger = stage.replies().withCallCredentials(stage.operatorOf(77));
    assertThat(codeOf(() -> stranger.listReplies(words))).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(codeOf(() -> stranger.listReplyCounts(numbers))).isEqualTo(Status.Code.NOT_FOUND);
  }

  private static Status.Code codeOf(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }
}
