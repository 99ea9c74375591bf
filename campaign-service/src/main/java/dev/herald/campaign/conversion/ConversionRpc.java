package dev.herald.campaign.conversion;

import dev.herald.billing.v1.Money;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.conversion.Conversion.Total;
import dev.herald.campaign.conversion.Conversion.Value;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.ConversionServiceGrpc;
import dev.herald.campaign.v1.ConversionTotal;
import dev.herald.campaign.v1.ListConversionTotalsRequest;
import dev.herald.campaign.v1.ListConversionTotalsResponse;
import dev.herald.campaign.v1.ListConversionsRequest;
import dev.herald.campaign.v1.ListConversionsResponse;
import dev.herald.campaign.v1.RecordConversionRequest;
import dev.herald.campaign.v1.RecordConversionResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The gRPC edge of conversions. */
public final class ConversionRpc extends ConversionServiceGrpc.ConversionServiceImplBase {
  private static final String CONVERSIONS = "conversions.1.";
  // A thousand million of any currency: beyond it somebody sent the wrong unit.
  private static final long MOST_MICROS = 1_000_000_000_000_000L;
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final ConversionStore store;
  private final Conversions conversions;
  private final Clock clock;

  public ConversionRpc(
      Jdbi jdbi,
      CampaignStore campaigns,
      ConversionStore store,
      Conversions conversions,
      Clock clock) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.store = store;
    this.conversions = conversions;
    this.clock = clock;
  }

  @Override
  public void recordConversion(
      RecordConversionRequest request, StreamObserver<RecordConversionResponse> answer) {
    Rpc.answer(
        answer,
        () -> RecordConversionResponse.newBuilder().setConversion(proto(record(request))).build());
  }

  private Conversion record(RecordConversionRequest request) {
    WorkspaceId workspace = WorkspaceId.ofCaller();
    String id = request.getConversionId();
    Value value = value(request);
    Instant time = time(request);
    return request.hasClickToken()
        ? conversions.ofClick(workspace, id, request.getClickToken(), value, time)
        : conversions.ofPhone(workspace, id, request.getPhone(), value, time);
  }

  private static Value value(RecordConversionRequest request) {
    if (!request.hasValue()) {
      return Value.NONE;
    }
    Money money = request.getValue();
    if (money.getMicros() < 0) {
      throw HeraldException.invalid(
          "value.micros", "VALUE_NEGATIVE", "A conversion is worth nothing or more.");
    }
    if (money.getMicros() > MOST_MICROS) {
      throw HeraldException.invalid(
          "value.micros",
          "VALUE_TOO_LARGE",
          "A conversion is worth at most 1,000,000,000 of its currency; micros are millionths.");
    }
    return new Value(money.getCurrency(), money.getMicros());
  }

  private Instant time(RecordConversionRequest request) {
    // As exact as it is kept, so that a repeat is answered alike.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    if (!request.hasTime()) {
      return now;
    }
    Instant time = Protos.instant("time", request.getTime()).truncatedTo(ChronoUnit.MICROS);
    if (time.isAfter(now.plus(CLOCKS_DIFFER))) {
      throw HeraldException.invalid(
          "time", "TIME_IN_FUTURE", "A conversion cannot lie in the future.");
    }
    return time;
  }

  @Override
  public void listConversionTotals(
      ListConversionTotalsRequest request, StreamObserver<ListConversionTotalsResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          CampaignId campaign = require(request.getCampaignId());
          ListConversionTotalsResponse.Builder response = ListConversionTotalsResponse.newBuilder();
          jdbi.withHandle(handle -> store.totals(handle, campaign))
              .forEach(total -> response.addTotals(proto(total)));
          return response.build();
        });
  }

  @Override
  public void listConversions(
      ListConversionsRequest request, StreamObserver<ListConversionsResponse> answer) {
    Rpc.answer(answer, () -> list(request));
  }

  private ListConversionsResponse list(ListConversionsRequest request) {
    CampaignId campaign = require(request.getCampaignId());
    int size = PageSize.of(request.getPageSize());
    String list = CONVERSIONS + campaign.value();
    ConversionStore.@Nullable Place after = place(list, request.getPageToken());
    List<Conversion> found =
        jdbi.withHandle(handle -> store.list(handle, campaign, after, size + 1));
    ListConversionsResponse.Builder response = ListConversionsResponse.newBuilder();
    found.stream().limit(size).map(ConversionRpc::proto).forEach(response::addConversions);
    if (found.size() > size) {
      Conversion last = found.get(size - 1);
      response.setNextPageToken(PageToken.write(list).instant(last.time()).text(last.id()).token());
    }
    return response.build();
  }

  private static ConversionStore.@Nullable Place place(String list, String token) {
    if (token.isEmpty()) {
      return null;
    }
    PageToken.Reader reader = PageToken.read(list, token);
    ConversionStore.Place place = new ConversionStore.Place(reader.instant(), reader.text());
    reader.end();
    return place;
  }

  private static dev.herald.campaign.v1.Conversion proto(Conversion conversion) {
    dev.herald.campaign.v1.Conversion.Builder proto =
        dev.herald.campaign.v1.Conversion.newBuilder()
            .setConversionId(conversion.id())
            .setTime(Protos.timestamp(conversion.time()));
    conversion
        .message()
        .ifPresent(owed -> proto.setCampaignId(owed.campaign().value()).setOrdinal(owed.ordinal()));
    if (!conversion.value().equals(Value.NONE)) {
      proto.setValue(proto(conversion.value()));
    }
    return proto.build();
  }

  private static ConversionTotal proto(Total total) {
    ConversionTotal.Builder proto =
        ConversionTotal.newBuilder()
            .setConversions(total.conversions())
            .setMessages(total.messages());
    if (!total.value().currency().isEmpty()) {
      proto.setValue(proto(total.value()));
    }
    return proto.build();
  }

  private static Money proto(Value value) {
    return Money.newBuilder().setCurrency(value.currency()).setMicros(value.micros()).build();
  }

  private CampaignId require(long id) {
    return jdbi.withHandle(
            handle -> campaigns.require(handle, WorkspaceId.ofCaller(), new CampaignId(id)))
        .id();
  }
}
