package dev.herald.billing.ratecard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.billing.money.Micros;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator may put into the folder, and what is said of mistakes. */
class RateCardFilesTest {
  private static final LocalDate OCTOBER = LocalDate.of(2026, 10, 1);
  private static final String HEADER =
      "market,marketing,utility,authentication,authentication_international,service,effective_date\n";

  @TempDir Path folder;

  @Test
  void theFilesThatComeWithHeraldAreWhole() {
    RateCardBook book = RateCardFiles.builtIn();
    assertThat(book.currencies()).containsExactly("EUR", "USD");
    assertThat(book.cards())
        .extracting(RateCard::name)
        .containsExactly("USD 2026-10-01", "EUR 2026-07-01", "USD 2026-01-01");
    assertThat(book.card("USD", OCTOBER).orElseThrow().markets()).hasSize(47);
    assertThat(book.card("USD", OCTOBER.minusDays(1)).orElseThrow().markets()).hasSize(32);
    assertThat(book.card("USD", LocalDate.of(2025, 12, 31))).isEmpty();
  }

  @Test
  void theRulesOfOctoberBeginInOctober() {
    RateCardBook book = RateCardFiles.builtIn();
    PricingRules before = book.rules(OCTOBER.minusDays(1)).orElseThrow();
    PricingRules after = book.rules(OCTOBER).orElseThrow();
    assertThat(before.serviceMessages()).isEqualTo(PricingRules.ServiceMessages.FREE);
    assertThat(before.monthlyFree(Category.SERVICE)).isZero();
    assertThat(before.freeByWindow(Category.UTILITY, new Windows(3, 2))).isEqualTo(5);
    assertThat(before.freeByWindow(Category.MARKETING, new Windows(3, 2))).isEqualTo(2);
    assertThat(after.serviceMessages()).isEqualTo(PricingRules.ServiceMessages.UTILITY_RATE);
    assertThat(after.monthlyFree(Category.SERVICE)).isEqualTo(1000);
    assertThat(after.monthlyFree(Category.UTILITY)).isZero();
    assertThat(after.freeByWindow(Category.UTILITY, new Windows(3, 2))).isEqualTo(2);
  }

  @Test
  void anOwnCardReplacesTheBuiltInOneOfItsDay() throws IOException {
    write("rate-card-usd.csv", builtIn("rate-card-usd.csv").replace("India,0.0118", "India,0.02"));
    assertThat(price("USD", "IN")).isEqualTo(Micros.of(20_000));
  }

  @Test
  void anotherCurrencyIsAddedByItsFile() throws IOException {
    write(
        "rate-card-inr-2026.csv",
        builtIn("rate-card-usd.csv").replace("India,0.0118", "India,0.99"));
    assertThat(load().currencies()).containsExactly("EUR", "INR", "USD");
    assertThat(price("INR", "IN")).isEqualTo(Micros.of(990_000));
    assertThat(price("USD", "IN")).isEqualTo(Micros.of(11_800));
  }

  @Test
  void aNewCardCountsWithoutARestartAndABadOneLeavesTheOldInUse() throws IOException {
    try (RateCards cards = new RateCards(Optional.of(folder), new SimpleMeterRegistry())) {
      write(
          "rate-card-usd.csv", builtIn("rate-card-usd.csv").replace("India,0.0118", "India,0.02"));
      cards.reload();
      assertThat(quote(cards.get())).isEqualTo(Micros.of(20_000));
      write("rate-card-usd.csv", HEADER);
      write("rate-card-eur.csv", "nonsense");
      cards.reload();
      assertThat(quote(cards.get())).isEqualTo(Micros.of(20_000));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.01181234567, marketing, NOT_A_RATE",
    "-0.01, marketing, NOT_A_RATE",
    "1e3, marketing, NOT_A_RATE",
    "0x1, marketing, NOT_A_RATE",
    "999999, marketing, RATE_TOO_HIGH"
  })
  void aBadRateIsReportedWithItsRowAndColumn(String rate, String column, String reason)
      throws IOException {
    write(
        "rate-card-usd.csv",
        builtIn("rate-card-usd.csv").replace("Argentina,0.0618", "Argentina," + rate));
    RowError error = errors().getFirst();
    assertThat(error.file()).isEqualTo("rate-card-usd.csv");
    assertThat(error.row()).isEqualTo(2);
    assertThat(error.column()).isEqualTo(column);
    assertThat(error.reason()).isEqualTo(reason);
  }

  @Test
  void everyMistakeOfAFileIsReportedAtOnce() throws IOException {
    write(
        "rate-card-usd.csv",
        HEADER
            + "India,0.01,0.01,0.01,,0,2027-01-01\n"
            + "India,0.02,0.01,0.01,,0,2027-01-01\n"
            + "=cmd,0.01,0.01,0.01,,0,2027-01-01\n"
            + "Brazil,0.01,0.01,0.01,,0,2027-02-30\n"
            + "Brazil,0.01,0.01\n"
            + "Indja,0.01,0.01,0.01,,0,2027-01-01\n");
    assertThat(errors())
        .extracting(RowError::reason)
        .contains(
            "DUPLICATE_MARKET",
            "NOT_ACCEPTED",
            "NOT_A_DATE",
            "WRONG_NUMBER_OF_CELLS",
            "MISSING_MARKET",
            "UNKNOWN_MARKET");
    assertThat(errors().stream().filter(error -> error.reason().equals("NOT_A_DATE")))
        .allSatisfy(error -> assertThat(error.row()).isEqualTo(5));
  }

  @ParameterizedTest
  @CsvSource({
    "market;marketing, UNKNOWN_COLUMN",
    "market, MISSING_COLUMN",
    "'market,market', DUPLICATE_COLUMN",
    "'', EMPTY_FILE"
  })
  void aWrongHeaderIsToldApart(String header, String reason) throws IOException {
    write("rate-card-usd.csv", header);
    assertThat(errors()).extracting(RowError::reason).contains(reason);
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Files.write(folder.resolve("rate-card-usd.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    assertThat(errors()).extracting(RowError::reason).contains("NOT_UTF8");
  }

  @Test
  void aMisnamedFileIsNotPassedOver() throws IOException {
    write("ratecard-usd.csv", HEADER);
    assertThat(errors()).extracting(RowError::reason).containsExactly("UNKNOWN_FILE");
  }

  @Test
  void aCountryInTwoMarketsAtOnceIsRefused() throws IOException {
    write(
        "country-market.csv",
        builtIn("country-market.csv") + "IN,Brazil,91,2026-05-01,2026-06-01\n");
    assertThat(errors()).extracting(RowError::reason).contains("OVERLAP");
  }

  @Test
  void rulesOfTheOperatorReplaceThoseThatComeWithHerald() throws IOException {
    write(
        "pricing-rules.csv",
        builtIn("pricing-rules.csv").replace("utility_rate,1000", "utility_rate,5"));
    assertThat(load().rules(OCTOBER).orElseThrow().monthlyFree(Category.SERVICE)).isEqualTo(5);
  }

  private Micros price(String currency, String country) {
    return load().quote(currency, OCTOBER, country, Category.MARKETING).listPrice();
  }

  private static Micros quote(RateCardBook book) {
    return book.quote("USD", OCTOBER, "IN", Category.MARKETING).listPrice();
  }

  private RateCardBook load() {
    return RateCardFiles.load(Optional.of(folder));
  }

  private List<RowError> errors() {
    RateCardFilesException refused = catchThrowableOfType(RateCardFilesException.class, this::load);
    assertThat(refused).isNotNull();
    return refused.errors();
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  private static String builtIn(String file) throws IOException {
    try (var in = RateCardFilesTest.class.getResourceAsStream("/rate-cards/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
