package dev.herald.campaign.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.billing.v1.Money;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.Conversion;
import dev.herald.campaign.v1.ConversionFilter;
import dev.herald.campaign.v1.ConversionTotal;
import dev.herald.campaign.v1.ListConversionTotalsRequest;
import dev.herald.campaign.v1.ListConversionsRequest;
import dev.herald.campaign.v1.ListConversionsResponse;
import dev.herald.campaign.v1.ListRecipientsRequest;
import dev.herald.campaign.v1.Recipient;
import dev.herald.campaign.v1.RecordConversionRequest;
import dev.herald.campaign.v1.SetAudienceFromCampaignRequest;
import dev.herald.common.v1.CampaignType;
import dev.herald.runtime.grpc.GrpcErrors;
import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.MessageKey;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people do is owed to the message that led to it, counted once, and never guessed. */
class ConversionsTest {
  private static final AtomicLong PEOPLE = new AtomicLong(919_860_000_000L);
  private static final AtomicInteger IDS = new AtomicInteger();
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

  // Analytics must know of every message, for a message nobody knows of is owed nothing.
  private static Campaign sendTo(long... people) {
    Campaign sent = stage.sendTo(channel, people);
    Awaitility.await().until(() -> stage.analytics.messages(sent.getId()).size() == people.length);
    return sent;
  }

  private static RecordConversionRequest.Builder byPhone(long person) {
    return RecordConversionRequest.newBuilder()
        .setConversionId("order-" + IDS.incrementAndGet())
        .setPhone("+" + person);
  }

  private static RecordConversionRequest.Builder byClick(String token) {
    return RecordConversionRequest.newBuilder()
        .setConversionId("order-" + IDS.incrementAndGet())
        .setClickToken(token);
  }

  private static Money rupees(long amount) {
    return Money.newBuilder().setCurrency("INR").setMicros(amount * 1_000_000).build();
  }

  private static Conversion record(RecordConversionRequest.Builder request) {
    return stage.conversions().recordConversion(request.build()).getConversion();
  }

  private static String refusal(RecordConversionRequest.Builder request) {
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> record(request));
    assertThat(refused).as("refusal of %s", request).isNotNull();
    return GrpcErrors.fromStatus(refused).reason();
  }

  private static List<ConversionTotal> totals(Campaign campaign) {
    return stage
        .conversions()
        .listConversionTotals(
            ListConversionTotalsRequest.newBuilder().setCampaignId(campaign.getId()).build())
        .getTotalsList();
  }

  private static ConversionTotal total(long conversions, int messages, Money value) {
    return ConversionTotal.newBuilder()
        .setConversions(conversions)
        .setMessages(messages)
        .setValue(value)
        .build();
  }

  private static String token(Campaign campaign, int ordinal) {
    return new LinkCodec(stage.config().messageKeySecrets())
        .encode(new LinkCodec.Link(new MessageKey(campaign.getId(), ordinal, "IN", 20261101), 0));
  }

  @Test
  void aConversionIsOwedToTheLastMessageThatDidNotFail() {
    long person = PEOPLE.incrementAndGet();
    Campaign first = sendTo(PEOPLE.incrementAndGet(), person);
    Campaign failed = sendTo(person);
    stage.report(failed.getId(), 0, EvidenceKind.FAILED);
    Conversion conversion = record(byPhone(person).setValue(rupees(499)));
    assertThat(conversion.getCampaignId()).isEqualTo(first.getId());
    assertThat(conversion.getOrdinal()).isEqualTo(1);
    assertThat(totals(first)).containsExactly(total(1, 1, rupees(499)));
    assertThat(totals(failed)).isEmpty();
  }

  @Test
  void whatLiesOutsideTheWindowOrBeforeTheMessageIsOwedToNobodyAndStillKnown() {
    long person = PEOPLE.incrementAndGet();
    Campaign campaign = sendTo(person);
    RecordConversionRequest.Builder before =
        byPhone(person).setTime(seconds(Instant.now().minus(Duration.ofHours(1))));
    assertThat(record(before).getCampaignId()).isZero();
    assertThat(record(byPhone(PEOPLE.incrementAndGet())).getCampaignId()).isZero();
    stage.query(
        handle ->
            handle.execute(
                """
                update campaign set launched_at = launched_at - interval '169 hours',
                       ended_at = ended_at - interval '169 hours' where campaign_id = ?
                """,
                campaign.getId()));
    assertThat(record(byPhone(person)).getCampaignId()).isZero();
    assertThat(totals(campaign)).isEmpty();
    // Told again after all, it is what it was.
    assertThat(record(before).getCampaignId()).isZero();
  }

  private static com.google.protobuf.Timestamp seconds(Instant time) {
    return com.google.protobuf.Timestamp.newBuilder().setSeconds(time.getEpochSecond()).build();
  }

  @Test
  void aClickNamesItsMessageHoweverOldAndWhateverCameAfter() {
    long person = PEOPLE.incrementAndGet();
    Campaign clicked = sendTo(person);
    Campaign later = sendTo(person);
    Conversion conversion = record(byClick(token(clicked, 0)).setValue(rupees(20)));
    assertThat(conversion.getCampaignId()).isEqualTo(clicked.getId());
    assertThat(totals(clicked)).containsExactly(total(1, 1, rupees(20)));
    assertThat(totals(later)).isEmpty();
  }

  @Test
  void noTokenIsGuessedAndNoneOfAnotherWorkspaceIsTaken() {
    Campaign campaign = sendTo(PEOPLE.incrementAndGet());
    String good = token(campaign, 0);
    Random random = new Random(11);
    for (int i = 0; i < good.length(); i++) {
      char other = (char) ('a' + random.nextInt(26));
      if (other != good.charAt(i)) {
        String guess = good.substring(0, i) + other + good.substring(i + 1);
        assertThat(refusal(byClick(guess))).isEqualTo("CLICK_TOKEN_INVALID");
      }
    }
    assertThat(refusal(byClick(""))).isEqualTo("CLICK_TOKEN_INVALID");
    stage.query(
        handle ->
            handle.execute(
                "update campaign set workspace_id = 1 where campaign_id = ?", campaign.getId()));
    assertThat(refusal(byClick(good))).isEqualTo("CLICK_TOKEN_INVALID");
  }

  static List<RecordConversionRequest.Builder> bad() {
    return List.of(
        byPhone(919_812_345_678L).setPhone("12"),
        byPhone(919_812_345_678L).setPhone(""),
        byPhone(919_812_345_678L).clearPhone(),
        byPhone(919_812_345_678L).setConversionId(""),
        byPhone(919_812_345_678L).setConversionId("an order"),
        byPhone(919_812_345_678L).setValue(rupees(-1)),
        byPhone(919_812_345_678L).setValue(rupees(1_000_000_001)),
        byPhone(919_812_345_678L).setValue(Money.newBuilder().setMicros(5)),
        byPhone(919_812_345_678L).setTime(seconds(Instant.now().plusSeconds(3600))),
        byPhone(919_812_345_678L).setTime(seconds(Instant.EPOCH.minusSeconds(1))));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void whatCannotBeMeantIsRefusedAndChangesNothing(RecordConversionRequest.Builder request) {
    long before = rows();
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> record(request));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rows()).isEqualTo(before);
  }

  private static long rows() {
    return stage.query(
        handle -> handle.createQuery("select count(*) from conversion").mapTo(Long.class).one());
  }

  @Test
  void toldManyTimesByManyAtOnceEachConversionCountsOnceAndEachMessageOnce() throws Exception {
    long one = PEOPLE.incrementAndGet();
    long two = PEOPLE.incrementAndGet();
    Campaign campaign = sendTo(one, two);
    List<RecordConversionRequest> told = new ArrayList<>();
    long sum = 0;
    for (int i = 1; i <= 30; i++) {
      RecordConversionRequest request = byPhone(i % 3 == 0 ? two : one).setValue(rupees(i)).build();
      sum += i;
      Collections.addAll(told, request, request, request);
    }
    Collections.shuffle(told, new Random(7));
    try (ExecutorService tellers = Executors.newFixedThreadPool(8)) {
      List<Callable<Conversion>> calls =
          told.stream()
              .<Callable<Conversion>>map(request -> () -> record(request.toBuilder()))
              .toList();
      for (Future<Conversion> answer : tellers.invokeAll(calls)) {
        assertThat(answer.get().getCampaignId()).isEqualTo(campaign.getId());
      }
    }
    assertThat(totals(campaign)).containsExactly(total(30, 2, rupees(sum)));
  }

  @Test
  void anIdTellsOfOneConversionOnly() {
    long person = PEOPLE.incrementAndGet();
    Campaign campaign = sendTo(person);
    RecordConversionRequest.Builder first = byPhone(person).setValue(rupees(5));
    Conversion answer = record(first);
    assertThat(record(first.clone())).isEqualTo(answer);
    assertThat(refusal(first.clone().setValue(rupees(6)))).isEqualTo("CONVERSION_ID_REUSED");
    assertThat(totals(campaign)).containsExactly(total(1, 1, rupees(5)));
  }

  @Test
  void conversionsAreListedNewestFirstPageByPageAndTotalsByCurrency() {
    long person = PEOPLE.incrementAndGet();
    Campaign campaign = sendTo(person);
    List<String> newestFirst = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      newestFirst.addFirst(record(byPhone(person).setValue(rupees(i))).getConversionId());
    }
    Money dollars = Money.newBuilder().setCurrency("USD").setMicros(90_000_000).build();
    newestFirst.addFirst(record(byPhone(person).setValue(dollars)).getConversionId());
    newestFirst.addFirst(record(byPhone(person)).getConversionId());
    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      ListConversionsResponse page =
          stage
              .conversions()
              .listConversions(
                  ListConversionsRequest.newBuilder()
                      .setCampaignId(campaign.getId())
                      .setPageSize(2)
                      .setPageToken(token)
                      .build());
      page.getConversionsList().forEach(one -> listed.add(one.getConversionId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(listed).isEqualTo(newestFirst);
    assertThat(totals(campaign))
        .containsExactly(
            total(1, 1, dollars),
            total(5, 1, rupees(10)),
            ConversionTotal.newBuilder().setConversions(1).setMessages(1).build());
  }

  @Test
  void anotherCampaignGoesToWhoDidNotConvert() {
    long buyer = PEOPLE.incrementAndGet();
    long other = PEOPLE.incrementAndGet();
    Campaign campaign = sendTo(buyer, other);
    record(byPhone(buyer).setValue(rupees(70)));
    assertThat(retargeted(campaign, ConversionFilter.NOT_CONVERTED)).containsExactly("+" + other);
    assertThat(retargeted(campaign, ConversionFilter.CONVERTED)).containsExactly("+" + buyer);
    assertThat(retargeted(campaign, ConversionFilter.CONVERSION_FILTER_UNSPECIFIED)).hasSize(2);
  }

  private static List<String> retargeted(Campaign source, ConversionFilter converted) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage
        .audiences()
        .setAudienceFromCampaign(
            SetAudienceFromCampaignRequest.newBuilder()
                .setCampaignId(draft.getId())
                .setSourceCampaignId(source.getId())
                .setFilter(MessageFilter.getDefaultInstance())
                .setConverted(converted)
                .build());
    return stage
        .audiences()
        .listRecipients(ListRecipientsRequest.newBuilder().setCampaignId(draft.getId()).build())
        .getRecipientsList()
        .stream()
        .map(Recipient::getPhone)
        .toList();
  }
}
