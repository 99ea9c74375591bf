package dev.herald.billing.ratecard;

import dev.herald.billing.money.Micros;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads cards, markets and rules: those that come with Herald, and over them those of the
 * operator's folder. The format is described in docs/rate-cards.md. Files with any error are
 * refused as a whole.
 */
public final class RateCardFiles {
  static final String MARKETS_FILE = "country-market.csv";
  static final String RULES_FILE = "pricing-rules.csv";

  /** Bounds a price so that no campaign's cost comes near 64 bits. */
  static final BigDecimal MAX_RATE = BigDecimal.valueOf(100_000);

  private static final List<String> BUILT_IN =
      List.of(MARKETS_FILE, RULES_FILE, "rate-card-eur.csv", "rate-card-usd.csv");
  private static final Pattern CARD_FILE =
      Pattern.compile("rate-card-([a-z]{3})(-[a-z0-9-]+)?\\.csv");
  private static final int MAX_FILES = 200;

  private static final Set<String> CARD_COLUMNS =
      Set.of(
          "market",
          "marketing",
          "utility",
          "authentication",
          "authentication_international",
          "service",
          "effective_date");
  private static final Set<String> MARKET_COLUMNS =
      Set.of("country_iso", "market", "calling_codes", "valid_from", "valid_to");
  private static final Set<String> RULE_COLUMNS =
      Set.of(
          "effective_date",
          "service_messages",
          "free_service_messages_per_channel_and_month",
          "utility_in_window",
          "free_entry_point");

  private static final Pattern MARKET = Pattern.compile("\\p{L}[\\p{L}\\p{N} &.,'()-]{0,79}");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final Pattern CALLING_CODES = Pattern.compile("[0-9]{1,7}(\\|[0-9]{1,7})*");
  private static final Pattern RATE = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6})?");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern FREE_OR_CHARGED = Pattern.compile("free|charged");
  private static final Pattern SERVICE_MESSAGES = Pattern.compile("free|utility_rate");

  private record Source(String file, byte[] bytes) {}

  private record CardRow(RowPlace place, LocalDate effective, MarketRates rates) {}

  private record RowPlace(String file, long row) {}

  private final List<RowError> errors = new ArrayList<>();

  private RateCardFiles() {}

  /** What comes with Herald. */
  public static RateCardBook builtIn() {
    return load(Optional.empty());
  }

  /**
   * What comes with Herald, with the files of the folder over it: a card replaces the one of its
   * currency and day or is added; the two other files replace theirs.
   */
  public static RateCardBook load(Optional<Path> folder) {
    return new RateCardFiles().read(folder);
  }

  private RateCardBook read(Optional<Path> folder) {
    List<Source> own = folder.map(this::filesOf).orElse(List.of());
    List<Source> builtIn = BUILT_IN.stream().map(RateCardFiles::resource).toList();
    CountryMarkets markets = markets(named(MARKETS_FILE, own, builtIn));
    Collection<PricingRules> rules = rules(named(RULES_FILE, own, builtIn));
    Map<String, RateCard> cards = new LinkedHashMap<>(cards(builtIn));
    cards.putAll(cards(own));
    Map<String, String> files = new TreeMap<>();
    own.forEach(source -> files.put(sha256(source.bytes()), source.file()));
    RateCardBook book = new RateCardBook(cards.values(), rules, markets);
    for (RateCard card : cards.values()) {
      requireComplete(card, files.getOrDefault(card.sourceSha256(), card.name()), markets, book);
    }
    if (!errors.isEmpty()) {
      throw new RateCardFilesException(errors);
    }
    return book;
  }

  private Map<String, RateCard> cards(List<Source> sources) {
    Map<String, RateCard> cards = new LinkedHashMap<>();
    for (Source source : sources) {
      Matcher name = CARD_FILE.matcher(source.file());
      if (name.matches()) {
        String currency = name.group(1).toUpperCase(Locale.ROOT);
        for (RateCard card : cards(source, currency)) {
          if (cards.put(card.name(), card) != null) {
            errors.add(
                new RowError(
                    source.file(),
                    0,
                    "effective_date",
                    "DUPLICATE_CARD",
                    "The card " + card.name() + " stands in two files."));
          }
        }
      }
    }
    return cards;
  }

  private List<RateCard> cards(Source source, String currency) {
    Map<LocalDate, Map<String, MarketRates>> rows = new TreeMap<>();
    List<CardRow> read =
        CsvTable.read(
            source.file(), source.bytes(), CARD_COLUMNS, errors, row -> cardRow(source, row));
    for (CardRow row : read) {
      Map<String, MarketRates> card =
          rows.computeIfAbsent(row.effective(), ignored -> new LinkedHashMap<>());
      if (card.put(row.rates().market(), row.rates()) != null) {
        errors.add(
            new RowError(
                row.place().file(),
                row.place().row(),
                "market",
                "DUPLICATE_MARKET",
                "The market %s has two rows for %s."
                    .formatted(row.rates().market(), row.effective())));
      }
    }
    String sha256 = sha256(source.bytes());
    return rows.entrySet().stream()
        .map(card -> new RateCard(currency, card.getKey(), sha256, card.getValue()))
        .toList();
  }

  private CardRow cardRow(Source source, CsvTable.Row row) {
    String market = row.matching("market", MARKET, "a market's name");
    Map<Category, Micros> rates = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      rate(row, category.column()).ifPresent(rate -> rates.put(category, rate));
    }
    LocalDate effective = row.requiredDate("effective_date");
    return new CardRow(
        new RowPlace(source.file(), row.number()), effective, new MarketRates(market, rates));
  }

  private static Optional<Micros> rate(CsvTable.Row row, String column) {
    String value = row.text(column);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!RATE.matcher(value).matches()) {
      row.refuse(
          column,
          "NOT_A_RATE",
          "A rate is a number such as 0.0118, with at most six decimals; empty where there is"
              + " none.");
      return Optional.empty();
    }
    BigDecimal rate = new BigDecimal(value);
    if (rate.compareTo(MAX_RATE) > 0) {
      row.refuse(column, "RATE_TOO_HIGH", "A rate is at most " + MAX_RATE + ".");
      return Optional.empty();
    }
    return Optional.of(Micros.of(rate.movePointRight(6).longValueExact()));
  }

  // Every country must have a price, and a misspelt market would silently price its countries as
  // Other.
  private void requireComplete(
      RateCard card, String file, CountryMarkets markets, RateCardBook book) {
    Set<String> expected = markets.markets(card.effective());
    if (expected.isEmpty()) {
      wrong(file, "NO_MARKETS", MARKETS_FILE + " has no row in force on " + card.effective() + ".");
      return;
    }
    if (book.rules(card.effective()).isEmpty()) {
      wrong(file, "NO_RULES", RULES_FILE + " has no row in force on " + card.effective() + ".");
    }
    for (String market : expected) {
      if (!card.markets().containsKey(market)) {
        wrong(
            file,
            "MISSING_MARKET",
            "The card %s has no row for the market %s.".formatted(card.name(), market));
      }
    }
    for (String market : card.markets().keySet()) {
      if (!expected.contains(market)) {
        wrong(
            file,
            "UNKNOWN_MARKET",
            "The card %s has a row for %s, but %s puts no country there on %s."
                .formatted(card.name(), market, MARKETS_FILE, card.effective()));
      }
    }
  }

  private void wrong(String file, String reason, String message) {
    errors.add(new RowError(file, 0, "market", reason, message));
  }

  private CountryMarkets markets(Source source) {
    List<CountryMarkets.Period> periods = new ArrayList<>();
    CsvTable.read(
        source.file(),
        source.bytes(),
        MARKET_COLUMNS,
        errors,
        row -> {
          CountryMarkets.Period period = period(row);
          if (row.usable() && periods.stream().anyMatch(period::overlaps)) {
            row.refuse(
                "valid_from",
                "OVERLAP",
                "The country " + period.country() + " is in two markets at the same time.");
          }
          if (row.usable()) {
            periods.add(period);
          }
          return period;
        });
    return new CountryMarkets(periods);
  }

  private static CountryMarkets.Period period(CsvTable.Row row) {
    String country = row.matching("country_iso", COUNTRY, "two capital letters");
    String market = row.matching("market", MARKET, "a market's name");
    String callingCodes =
        row.matching("calling_codes", CALLING_CODES, "digits, several separated by |");
    LocalDate from = row.requiredDate("valid_from");
    Optional<LocalDate> to = row.date("valid_to");
    if (to.isPresent() && to.get().isBefore(from)) {
      row.refuse("valid_to", "ENDS_BEFORE_IT_BEGINS", "valid_to is before valid_from.");
    }
    return new CountryMarkets.Period(country, market, callingCodes, from, to.orElse(null));
  }

  private Collection<PricingRules> rules(Source source) {
    Map<LocalDate, PricingRules> rules = new TreeMap<>();
    CsvTable.read(
        source.file(),
        source.bytes(),
        RULE_COLUMNS,
        errors,
        row -> {
          PricingRules rule = rule(row);
          if (row.usable() && rules.put(rule.effective(), rule) != null) {
            row.refuse("effective_date", "DUPLICATE_DATE", "Two rows have this date.");
          }
          return rule;
        });
    return rules.values();
  }

  private static PricingRules rule(CsvTable.Row row) {
    String service = row.matching("service_messages", SERVICE_MESSAGES, "free or utility_rate");
    String free =
        row.matching(
            "free_service_messages_per_channel_and_month", COUNT, "a whole number, at least 0");
    String utility = row.matching("utility_in_window", FREE_OR_CHARGED, "free or charged");
    String entry = row.matching("free_entry_point", FREE_OR_CHARGED, "free or charged");
    LocalDate effective = row.requiredDate("effective_date");
    return new PricingRules(
        effective,
        service.equals("utility_rate")
            ? PricingRules.ServiceMessages.UTILITY_RATE
            : PricingRules.ServiceMessages.FREE,
        row.usable() ? Integer.parseInt(free) : 0,
        utility.equals("free"),
        entry.equals("free"));
  }

  private static Source named(String file, List<Source> own, List<Source> builtIn) {
    return own.stream()
        .filter(source -> source.file().equals(file))
        .findFirst()
        .orElseGet(
            () ->
                builtIn.stream()
                    .filter(source -> source.file().equals(file))
                    .findFirst()
                    .orElseThrow());
  }

  private static Source resource(String file) {
    try (InputStream in = RateCardFiles.class.getResourceAsStream("/rate-cards/" + file)) {
      if (in == null) {
        throw new IllegalStateException("This build lacks rate-cards/" + file);
      }
      return new Source(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Source> filesOf(Path folder) {
    List<Source> sources = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.csv")) {
      for (Path file : files) {
        read(file).ifPresent(sources::add);
        if (sources.size() > MAX_FILES) {
          wrong(
              folder.toString(),
              "TOO_MANY_FILES",
              "The folder has more than " + MAX_FILES + " files.");
          break;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      wrong(folder.toString(), "UNREADABLE", "The folder cannot be read: " + e.getMessage());
    }
    sources.sort(java.util.Comparator.comparing(Source::file));
    return sources;
  }

  private Optional<Source> read(Path path) throws IOException {
    String file = String.valueOf(path.getFileName());
    if (!file.equals(MARKETS_FILE)
        && !file.equals(RULES_FILE)
        && !CARD_FILE.matcher(file).matches()) {
      wrong(
          file,
          "UNKNOWN_FILE",
          "A file here is called %s, %s or like rate-card-usd.csv or rate-card-usd-2027.csv."
              .formatted(MARKETS_FILE, RULES_FILE));
      return Optional.empty();
    }
    if (Files.size(path) > CsvTable.MAX_BYTES) {
      wrong(file, "TOO_LARGE", "A file has at most " + CsvTable.MAX_BYTES + " bytes.");
      return Optional.empty();
    }
    return Optional.of(new Source(file, Files.readAllBytes(path)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
