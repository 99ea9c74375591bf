package dev.herald.billing.edge;

import static dev.herald.billing.edge.Protos.answer;
import static dev.herald.billing.edge.Protos.money;
import static dev.herald.billing.edge.Protos.timestamp;

import dev.herald.billing.ratecard.Category;
import dev.herald.billing.ratecard.MarketRates;
import dev.herald.billing.ratecard.PricingRules;
import dev.herald.billing.ratecard.RateCard;
import dev.herald.billing.ratecard.RateCardBook;
import dev.herald.billing.v1.CategoryRate;
import dev.herald.billing.v1.EstimateCostRequest;
import dev.herald.billing.v1.EstimateCostResponse;
import dev.herald.billing.v1.GetRateCardRequest;
import dev.herald.billing.v1.GetRateCardResponse;
import dev.herald.billing.v1.ListRateCardsRequest;
import dev.herald.billing.v1.ListRateCardsResponse;
import dev.herald.billing.v1.RateCardServiceGrpc;
import dev.herald.billing.wallet.Wallet;
import dev.herald.billing.wallet.Wallets;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Caller;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Prices as a workspace sees them: its currency, its mark-up. */
public final class RateCardRpc extends RateCardServiceGrpc.RateCardServiceImplBase {
  private static final String CARDS_LIST = "rate-cards.1";

  private final Supplier<RateCardBook> cards;
  private final Wallets wallets;
  private final Estimation estimation;
  private final InstantSource clock;

  public RateCardRpc(
      Supplier<RateCardBook> cards, Wallets wallets, Estimation estimation, InstantSource clock) {
    this.cards = cards;
    this.wallets = wallets;
    this.estimation = estimation;
    this.clock = clock;
  }

  @Override
  public void listRateCards(
      ListRateCardsRequest request, StreamObserver<ListRateCardsResponse> observer) {
    int size = PageSize.of(request.getPageSize());
    String after = after(request.getPageToken());
    List<RateCard> rest =
        cards.get().cards().stream()
            .dropWhile(card -> !after.isEmpty() && !card.name().equals(after))
            .skip(after.isEmpty() ? 0 : 1)
            .toList();
    ListRateCardsResponse.Builder response = ListRateCardsResponse.newBuilder();
    rest.stream().limit(size).forEach(card -> response.addRateCards(proto(card)));
    if (rest.size() > size) {
      response.setNextPageToken(
          PageToken.write(CARDS_LIST).text(rest.get(size - 1).name()).token());
    }
    answer(observer, response.build());
  }

  @Override
  public void getRateCard(
      GetRateCardRequest request, StreamObserver<GetRateCardResponse> observer) {
    Wallet wallet = wallets.get(Caller.current().workspace());
    LocalDate day = day(request.hasAt() ? Protos.instant("at", request.getAt()) : clock.instant());
    RateCardBook book = cards.get();
    RateCard card = book.card(wallet.currency(), day).orElseThrow(() -> notFound(wallet, day));
    PricingRules rules = book.rules(day).orElseThrow(() -> notFound(wallet, day));
    dev.herald.billing.v1.RateCard.Builder proto = proto(card);
    for (MarketRates market : new TreeMap<>(card.markets()).values()) {
      proto.addMarkets(proto(market, card, rules, wallet, book));
    }
    answer(
        observer,
        GetRateCardResponse.newBuilder().setRateCard(proto).setRules(proto(rules)).build());
  }

  @Override
  public void estimateCost(
      EstimateCostRequest request, StreamObserver<EstimateCostResponse> observer) {
    answer(
        observer,
        EstimateCostResponse.newBuilder()
            .setEstimate(
                estimation.estimate(
                    Caller.current().workspace(),
                    request.getCategory(),
                    request.getChannelId(),
                    request.getCountriesList()))
            .build());
  }

  private static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  private static HeraldException notFound(Wallet wallet, LocalDate day) {
    return HeraldException.notFound(
        "RATE_CARD_NOT_FOUND",
        "No rate card in %s was in force on %s.".formatted(wallet.currency(), day));
  }

  private static String after(String token) {
    if (token.isEmpty()) {
      return "";
    }
    PageToken.Reader reader = PageToken.read(CARDS_LIST, token);
    String name = reader.text();
    reader.end();
    return name;
  }

  private static dev.herald.billing.v1.RateCard.Builder proto(RateCard card) {
    return dev.herald.billing.v1.RateCard.newBuilder()
        .setName(card.name())
        .setCurrency(card.currency())
        .setEffectiveTime(timestamp(card.effective().atStartOfDay().toInstant(ZoneOffset.UTC)))
        .setSourceSha256(card.sourceSha256());
  }

  private static dev.herald.billing.v1.MarketRates proto(
      MarketRates market, RateCard card, PricingRules rules, Wallet wallet, RateCardBook book) {
    dev.herald.billing.v1.MarketRates.Builder proto =
        dev.herald.billing.v1.MarketRates.newBuilder()
            .setMarket(market.market())
            .addAllCountries(book.countriesOf(card, market.market()));
    for (Category category : Category.values()) {
      rules
          .listPrice(card, market, category)
          .ifPresent(
              listPrice ->
                  proto.addRates(
                      CategoryRate.newBuilder()
                          .setCategory(Protos.category(category))
                          .setUnitPrice(money(wallet.markup().on(listPrice), wallet.currency()))));
    }
    return proto.build();
  }

  private static dev.herald.billing.v1.PricingRules proto(PricingRules rules) {
    return dev.herald.billing.v1.PricingRules.newBuilder()
        .setEffectiveTime(timestamp(rules.effective().atStartOfDay().toInstant(ZoneOffset.UTC)))
        .setServiceMessagesCharged(
            rules.serviceMessages() == PricingRules.ServiceMessages.UTILITY_RATE)
        .setFreeServiceMessagesPerChannelAndMonth(rules.monthlyFree(Category.SERVICE))
        .setUtilityInWindowFree(rules.utilityInWindowFree())
        .setFreeEntryPointFree(rules.freeEntryPointFree())
        .build();
  }
}
