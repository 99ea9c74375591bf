package dev.herald.billing;

import static dev.herald.billing.BillingFixture.LOT;
import static dev.herald.billing.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.herald.billing.v1.CountryCount;
import dev.herald.billing.v1.CountryEstimate;
import dev.herald.billing.v1.EstimateCostRequest;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.ReservationLine;
import dev.herald.billing.v1.ReserveRequest;
import dev.herald.billing.v1.ReserveResponse;
import dev.herald.runtime.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts that somebody worked out with pencil and paper, from Meta's card and Meta's rules. */
class ChargesByHandTest {
  private static final long CHANNEL = 77;
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    billing.close();
  }

  @Test
  void aMarkUpIsAddedToThePriceAndRoundedOnceHalfUp() {
    // 0.0118 + 12.5 % = 0.013275 exactly; 0.0014 + 3.3333 % = 0.00144666… → 0.001447.
    assertThat(unitPrice(125_000, MessageCategory.MARKETING, "IN", LOT)).isEqualTo(13_275);
    assertThat(unitPrice(33_333, MessageCategory.UTILITY, "IN", LOT)).isEqualTo(1_447);
    // 0.0008 × 1.000625 = 0.0008005: exactly half a millionth, up.
    assertThat(unitPrice(625, MessageCategory.UTILITY, "CO", LOT)).isEqualTo(801);
    assertThat(unitPrice(624, MessageCategory.UTILITY, "CO", LOT)).isEqualTo(800);
  }

  @Test
  void aSumIsTheProductOfTheRoundedPriceAndIsNeverRoundedAgain() {
    long workspace = billing.workspaceWith("USD", 33_333, 100_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.UTILITY, "IN", 3000);
    billing.usage(workspace, campaign, "IN", 2999, 1);

    // 2,999 × 0.001447, not 2,999 × 0.0014 × 1.033333.
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(4_339_553);
    assertThat(billing.wallet(workspace).getAvailable().getMicros()).isEqualTo(95_660_447);
  }

  @Test
  void aPriceChangeInMidCampaignTouchesOnlyWhatIsReservedAfterIt() {
    long workspace = billing.workspaceWith(10_000_000);
    long campaign = Ids.next();
    // The United Kingdom: 0.0529 until September, 0.0635 from October on.
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "GB", 20260930, 20);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "GB", 20261001, 10);
    // More of the first day's messages still cost the first day's price.
    ReserveResponse grown =
        billing.reserve(workspace, campaign, MessageCategory.MARKETING, "GB", 20260930, 30);

    assertThat(grown.getLines(0).getUnitPrice().getMicros()).isEqualTo(52_900);
    assertThat(grown.getReserved().getMicros()).isEqualTo(30 * 52_900 + 10 * 63_500);

    billing.usage(workspace, campaign, "GB", 20260930, 29, 1);
    billing.usage(workspace, campaign, "GB", 20261001, 10, 0);
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(1_534_100 + 635_000);
  }

  @Test
  void aMarkUpChangedInMidCampaignDoesNotReachBack() {
    long workspace = billing.workspaceWith(10_000_000);
    long campaign = Ids.next();
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 10);
    billing.setMarkup(workspace, 100_000);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "IN", 20);
    billing.reserve(workspace, campaign, MessageCategory.MARKETING, "BR", 10);
    billing.usage(workspace, campaign, "IN", 20, 0);
    billing.usage(workspace, campaign, "BR", 10, 0);

    // 20 × 0.0118 + 10 × 0.06875.
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(236_000 + 687_500);
  }

  @Test
  void mixedCountriesEachCostTheirMarketsPrice() {
    long workspace = billing.workspaceWith(100_000_000);
    var estimate =
        billing
            .rateCards(workspace)
            .estimateCost(
                EstimateCostRequest.newBuilder()
                    .setCategory(MessageCategory.MARKETING)
                    .addCountries(count("IN", 100))
                    .addCountries(count("BR", 10))
                    .addCountries(count("NL", 3))
                    .addCountries(count("XK", 2))
                    .addCountries(count("ZZ", 1))
                    .build())
            .getEstimate();

    // 100 × 0.0118 + 10 × 0.0625 + 3 × 0.1597 + 3 × 0.0604: Kosovo is in no table of Meta's.
    assertThat(estimate.getTotal().getMicros()).isEqualTo(1_180_000 + 625_000 + 479_100 + 181_200);
    assertThat(estimate.getCountriesList())
        .extracting(CountryEstimate::getCountry)
        .containsExactly("IN", "BR", "NL", "XK", "ZZ");
    assertThat(estimate.getCountriesList())
        .extracting(CountryEstimate::getMarket)
        .contains("Other");
  }

  @ParameterizedTest
  @CsvSource({
    "+12025550123, 25000, North America",
    "+14165550123, 25000, North America",
    "+18095550123, 74000, Rest of Latin America",
    "+18765550123, 74000, Rest of Latin America",
    "+17875550123, 74000, Rest of Latin America",
    "+12465550123, 60400, Other",
    "+79161234567, 80200, Russia",
    "+77011234567, 60400, Kazakhstan",
    "+77172123456, 60400, Kazakhstan",
    "+447911123456, 63500, United Kingdom",
    "+447781123456, 63500, United Kingdom",
    "+38344123456, 60400, Other"
  })
  void aSharedCallingCodeIsToldApartByTheNumber(String number, long price, String market)
      throws NumberParseException {
    PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    String country = numbers.getRegionCodeForNumber(numbers.parse(number, null));
    long workspace = billing.workspaceWith(1_000_000);
    CountryEstimate estimate =
        billing
            .rateCards(workspace)
            .estimateCost(
                EstimateCostRequest.newBuilder()
                    .setCategory(MessageCategory.MARKETING)
                    .addCountries(count(country, 1))
                    .build())
            .getEstimate()
            .getCountries(0);
    assertThat(estimate.getUnitPrice().getMicros()).isEqualTo(price);
    assertThat(estimate.getMarket()).isEqualTo(market);
  }

  @Test
  void kazakhstanIsAMarketOfItsOwnOnlyFromOctober() {
    // Utility: Other 0.0077 before, Kazakhstan 0.018 after.
    assertThat(unitPrice(0, MessageCategory.UTILITY, "KZ", 20260930)).isEqualTo(7_700);
    assertThat(unitPrice(0, MessageCategory.UTILITY, "KZ", 20261001)).isEqualTo(18_000);
  }

  @Test
  void aServiceMessageCostsNothingBeforeOctoberAndTheUtilityRateAfterwards() {
    assertThat(unitPrice(0, MessageCategory.SERVICE, "DE", 20260930)).isZero();
    assertThat(unitPrice(0, MessageCategory.SERVICE, "DE", 20261001)).isEqualTo(55_000);
    // The EUR card is of July and shows 0 for service; the rules of October say: as utility.
    long workspace = billing.workspaceWith("EUR", 0, 1_000_000);
    ReserveResponse reserved =
        billing.reserve(workspace, Ids.next(), MessageCategory.SERVICE, "DE", 20261001, 1);
    assertThat(reserved.getLines(0).getUnitPrice().getMicros()).isEqualTo(45_600);
  }

  @Test
  void theFirstThousandServiceMessagesOfANumberAndMonthAreFree() {
    long workspace = billing.workspaceWith(1_000_000_000);
    long first = Ids.next();
    ReserveResponse reserved = service(workspace, first, "DE", LOT, 700);
    assertThat(reserved.getReserved().getMicros()).isZero();
    assertThat(reserved.getLines(0).getFreeMessages()).isEqualTo(700);

    long second = Ids.next();
    reserved = service(workspace, second, "DE", LOT, 500);
    assertThat(reserved.getLines(0).getFreeMessages()).isEqualTo(300);
    assertThat(reserved.getReserved().getMicros()).isEqualTo(200 * 55_000);

    // 400 of the second campaign count as sent: 300 are free, 100 cost their price.
    billing.usage(workspace, second, "DE", 400, 100);
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(100 * 55_000);
    assertThat(billing.wallet(workspace).getReserved().getMicros()).isZero();

    // The next month begins with a thousand again; so does another number.
    reserved = service(workspace, Ids.next(), "DE", 20261001, 1000);
    assertThat(reserved.getReserved().getMicros()).isZero();
  }

  @Test
  void freeMessagesThatWereNotNeededAreThereForOthers() {
    long workspace = billing.workspaceWith(1_000_000_000);
    long first = Ids.next();
    service(workspace, first, "DE", LOT, 1000);
    billing.usage(workspace, first, "DE", 400, 600);

    ReserveResponse reserved = service(workspace, Ids.next(), "DE", LOT, 700);
    assertThat(reserved.getLines(0).getFreeMessages()).isEqualTo(600);
    assertThat(reserved.getReserved().getMicros()).isEqualTo(100 * 55_000);
    // Proof of sending arrives late, after the free places are taken: it costs its price.
    billing.usage(workspace, first, "DE", 401, 599);
    assertThat(billing.wallet(workspace).getCharged().getMicros()).isEqualTo(55_000);
  }

  @Test
  void utilityInAnOpenWindowWasFreeUntilOctober() {
    assertThat(reservedFor(MessageCategory.UTILITY, 20260930, 100, 40, 0)).isEqualTo(60 * 55_000);
    assertThat(reservedFor(MessageCategory.UTILITY, 20261001, 100, 40, 0)).isEqualTo(100 * 55_000);
    // Marketing never was.
    assertThat(reservedFor(MessageCategory.MARKETING, 20260930, 100, 40, 0))
        .isEqualTo(100 * 136_500);
  }

  @Test
  void aFreeEntryPointMakesEveryCategoryFreeBeforeAndAfter() {
    for (int lot : new int[] {20260930, 20261001}) {
      assertThat(reservedFor(MessageCategory.MARKETING, lot, 100, 0, 30)).isEqualTo(70 * 136_500);
      assertThat(reservedFor(MessageCategory.UTILITY, lot, 100, 0, 100)).isZero();
    }
  }

  @Test
  void aCategoryWithoutARateIsRefusedByName() {
    long workspace = billing.workspaceWith(1_000_000);
    var refusal =
        refusal(
            () ->
                billing.reserve(
                    workspace, Ids.next(), MessageCategory.AUTHENTICATION_INTERNATIONAL, "DE", 1));
    assertThat(refusal.reason()).isEqualTo("RATE_NOT_FOUND");
    assertThat(refusal.metadata()).containsEntry("market", "Germany");
  }

  private static long unitPrice(int markup, MessageCategory category, String country, int lot) {
    long workspace = billing.workspaceWith("USD", markup, 10_000_000);
    return billing
        .reserve(workspace, Ids.next(), category, country, lot, 1)
        .getLines(0)
        .getUnitPrice()
        .getMicros();
  }

  private static ReserveResponse service(
      long workspace, long campaign, String country, int lot, int messages) {
    // The lot of October in a test of November: another month of the same channel.
    return billing
        .reservations()
        .reserve(
            ReserveRequest.newBuilder()
                .setWorkspaceId(workspace)
                .setCampaignId(campaign)
                .setChannelId(CHANNEL)
                .setCategory(MessageCategory.SERVICE)
                .addLines(
                    ReservationLine.newBuilder()
                        .setCountry(country)
                        .setLot(lot)
                        .setMessagesTotal(messages))
                .build());
  }

  private static long reservedFor(
      MessageCategory category, int lot, int messages, int inWindow, int freeEntry) {
    return billing
        .reservations()
        .reserve(
            ReserveRequest.newBuilder()
                .setWorkspaceId(billing.workspaceWith(1_000_000_000))
                .setCampaignId(Ids.next())
                .setCategory(category)
                .addLines(
                    ReservationLine.newBuilder()
                        .setCountry("DE")
                        .setLot(lot)
                        .setMessagesTotal(messages)
                        .setInWindowTotal(inWindow)
                        .setFreeEntryTotal(freeEntry))
                .build())
        .getReserved()
        .getMicros();
  }

  private static CountryCount count(String country, int messages) {
    return CountryCount.newBuilder().setCountry(country).setMessages(messages).build();
  }
}
