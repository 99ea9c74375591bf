package dev.herald.gateway.subscription;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.gateway.egress.EgressPolicy;
import dev.herald.gateway.identity.Actor;
import dev.herald.gateway.identity.Requests;
import dev.herald.gateway.subscription.Subscription.Format;
import dev.herald.gateway.subscription.Subscription.State;
import dev.herald.gateway.v1.CreateSubscriptionRequest;
import dev.herald.gateway.v1.CreateSubscriptionResponse;
import dev.herald.gateway.v1.DeleteSubscriptionRequest;
import dev.herald.gateway.v1.DeleteSubscriptionResponse;
import dev.herald.gateway.v1.EventType;
import dev.herald.gateway.v1.GetDeliveryRequest;
import dev.herald.gateway.v1.GetDeliveryResponse;
import dev.herald.gateway.v1.GetSubscriptionRequest;
import dev.herald.gateway.v1.GetSubscriptionResponse;
import dev.herald.gateway.v1.ListDeliveriesRequest;
import dev.herald.gateway.v1.ListDeliveriesResponse;
import dev.herald.gateway.v1.ListSubscriptionsRequest;
import dev.herald.gateway.v1.ListSubscriptionsResponse;
import dev.herald.gateway.v1.ReplayDeliveryRequest;
import dev.herald.gateway.v1.ReplayDeliveryResponse;
import dev.herald.gateway.v1.ReplayFailedDeliveriesRequest;
import dev.herald.gateway.v1.ReplayFailedDeliveriesResponse;
import dev.herald.gateway.v1.RotateSubscriptionSecretRequest;
import dev.herald.gateway.v1.RotateSubscriptionSecretResponse;
import dev.herald.gateway.v1.TestSubscriptionRequest;
import dev.herald.gateway.v1.TestSubscriptionResponse;
import dev.herald.gateway.v1.UpdateSubscriptionRequest;
import dev.herald.gateway.v1.UpdateSubscriptionResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Translates between the contract of SubscriptionService and the stores. */
public final class SubscriptionRpc {
  private static final String SUBSCRIPTIONS = "subscriptions.1";
  private static final String DELIVERIES = "deliveries.1";
  private static final int MOST = 50;
  private static final Duration OVERLAP = Duration.ofDays(1);

  private final SubscriptionStore subscriptions;
  private final DeliveryStore deliveries;
  private final Signing signing;
  private final EgressPolicy policy;
  private final Requests requests;
  private final Runnable wakeCourier;

  SubscriptionRpc(
      SubscriptionStore subscriptions,
      DeliveryStore deliveries,
      Signing signing,
      EgressPolicy policy,
      Requests requests,
      Runnable wakeCourier) {
    this.subscriptions = subscriptions;
    this.deliveries = deliveries;
    this.signing = signing;
    this.policy = policy;
    this.requests = requests;
    this.wakeCourier = wakeCourier;
  }

  public CreateSubscriptionResponse create(Actor actor, CreateSubscriptionRequest request) {
    policy.requireTarget("url", request.getUrl());
    return requests.once(
        actor.workspace(),
        "CreateSubscription",
        request.getRequestId(),
        request,
        CreateSubscriptionResponse.parser(),
        tx -> create(tx, actor, request));
  }

  private CreateSubscriptionResponse create(
      Handle tx, Actor actor, CreateSubscriptionRequest request) {
    Format format =
        request.getFormat() == dev.herald.gateway.v1.Subscription.Format.AISENSY
            ? Format.AISENSY
            : Format.HERALD;
    List<EventKind> types = kinds(request.getEventTypesList());
    requireWords(format, types);
    if (subscriptions.lockAndCount(tx, actor.workspace()) >= MOST) {
      throw HeraldException.precondition(
          "TOO_MANY_SUBSCRIPTIONS",
          "A workspace can have %d subscriptions. Delete one first.".formatted(MOST));
    }
    String secret = Signing.newSecret();
    Subscription created =
        subscriptions.insert(
            tx,
            actor.workspace(),
            Ids.next(),
            request.getName(),
            request.getUrl(),
            format,
            types,
            signing.seal(secret),
            actor.principal().subject());
    return CreateSubscriptionResponse.newBuilder()
        .setSubscription(subscription(created))
        .setSecret(secret)
        .build();
  }

  public GetSubscriptionResponse get(Actor actor, GetSubscriptionRequest request) {
    return GetSubscriptionResponse.newBuilder()
        .setSubscription(subscription(find(actor, request.getSubscriptionId())))
        .build();
  }

  public ListSubscriptionsResponse list(Actor actor, ListSubscriptionsRequest request) {
    int size = PageSize.of(request.getPageSize());
    List<Subscription> rows =
        subscriptions.list(
            actor.workspace(),
            PageToken.number(SUBSCRIPTIONS, request.getPageToken(), Long.MAX_VALUE),
            size + 1);
    ListSubscriptionsResponse.Builder page = ListSubscriptionsResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addSubscriptions(subscription(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(SUBSCRIPTIONS).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  public UpdateSubscriptionResponse update(Actor actor, UpdateSubscriptionRequest request) {
    Subscription before = find(actor, request.getSubscriptionId());
    if (request.hasUrl()) {
      policy.requireTarget("url", request.getUrl());
    }
    List<EventKind> types = kinds(request.getEventTypesList());
    requireWords(before.format(), types);
    Subscription changed =
        subscriptions
            .update(
                actor.workspace(),
                before.id(),
                request.hasName() ? Optional.of(request.getName()) : Optional.empty(),
                request.hasUrl() ? Optional.of(request.getUrl()) : Optional.empty(),
                types,
                state(request.getState()))
            .orElseThrow(SubscriptionRpc::notFound);
    wakeCourier.run();
    return UpdateSubscriptionResponse.newBuilder().setSubscription(subscription(changed)).build();
  }

  public DeleteSubscriptionResponse delete(Actor actor, DeleteSubscriptionRequest request) {
    if (!subscriptions.delete(actor.workspace(), request.getSubscriptionId())) {
      throw notFound();
    }
    return DeleteSubscriptionResponse.getDefaultInstance();
  }

  public RotateSubscriptionSecretResponse rotateSecret(
      Actor actor, RotateSubscriptionSecretRequest request) {
    return requests.once(
        actor.workspace(),
        "RotateSubscriptionSecret",
        request.getRequestId(),
        request,
        RotateSubscriptionSecretResponse.parser(),
        tx -> rotateSecret(tx, actor, request.getSubscriptionId()));
  }

  private RotateSubscriptionSecretResponse rotateSecret(Handle tx, Actor actor, long id) {
    String secret = Signing.newSecret();
    Subscription changed =
        subscriptions
            .rotate(tx, actor.workspace(), id, signing.seal(secret), OVERLAP)
            .orElseThrow(SubscriptionRpc::notFound);
    return RotateSubscriptionSecretResponse.newBuilder()
        .setSubscription(subscription(changed))
        .setSecret(secret)
        .build();
  }

  public TestSubscriptionResponse test(Actor actor, TestSubscriptionRequest request) {
    TestSubscriptionResponse sent =
        requests.once(
            actor.workspace(),
            "TestSubscription",
            request.getRequestId(),
            request,
            TestSubscriptionResponse.parser(),
            tx -> test(tx, actor, request));
    wakeCourier.run();
    return sent;
  }

  private TestSubscriptionResponse test(Handle tx, Actor actor, TestSubscriptionRequest request) {
    Subscription to = find(actor, request.getSubscriptionId());
    if (to.state() != State.ACTIVE) {
      throw HeraldException.precondition(
          "SUBSCRIPTION_NOT_ACTIVE", "The subscription is not active. Set its state to ACTIVE.");
    }
    Event event =
        new Event(
            UUID.randomUUID(),
            actor.workspace(),
            EventKind.TEST,
            Instant.now(),
            null,
            JsonNodeFactory.instance.objectNode().put("by", actor.principal().subject()));
    deliveries.insert(tx, List.of(to), List.of(event), Courier.LIFETIME);
    return TestSubscriptionResponse.newBuilder()
        .setDelivery(delivery(deliveries.find(tx, to, event.id())))
        .build();
  }

  public ListDeliveriesResponse listDeliveries(Actor actor, ListDeliveriesRequest request) {
    Subscription of = find(actor, request.getSubscriptionId());
    int size = PageSize.of(request.getPageSize());
    List<Delivery> rows =
        deliveries.list(
            actor.workspace(),
            of.id(),
            state(request.getState()),
            PageToken.number(DELIVERIES, request.getPageToken(), Long.MAX_VALUE),
            size + 1);
    ListDeliveriesResponse.Builder page = ListDeliveriesResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addDeliveries(delivery(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(DELIVERIES).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  public GetDeliveryResponse getDelivery(Actor actor, GetDeliveryRequest request) {
    Delivery found = find(actor, request.getSubscriptionId(), request.getDeliveryId());
    String body = Body.write(find(actor, request.getSubscriptionId()), found);
    return GetDeliveryResponse.newBuilder()
        .setDelivery(delivery(found).toBuilder().setBody(body))
        .build();
  }

  public ReplayDeliveryResponse replay(Actor actor, ReplayDeliveryRequest request) {
    Delivery again =
        deliveries
            .replay(
                actor.workspace(),
                request.getSubscriptionId(),
                request.getDeliveryId(),
                Courier.LIFETIME)
            .orElseThrow(SubscriptionRpc::noDelivery);
    wakeCourier.run();
    return ReplayDeliveryResponse.newBuilder().setDelivery(delivery(again)).build();
  }

  public ReplayFailedDeliveriesResponse replayFailed(
      Actor actor, ReplayFailedDeliveriesRequest request) {
    Subscription of = find(actor, request.getSubscriptionId());
    Instant since =
        request.hasStartTime()
            ? Instant.ofEpochSecond(
                request.getStartTime().getSeconds(), request.getStartTime().getNanos())
            : Instant.EPOCH;
    int count = deliveries.replayFailed(actor.workspace(), of.id(), since, Courier.LIFETIME);
    wakeCourier.run();
    return ReplayFailedDeliveriesResponse.newBuilder().setDeliveries(count).build();
  }

  private Subscription find(Actor actor, long id) {
    return subscriptions.find(actor.workspace(), id).orElseThrow(SubscriptionRpc::notFound);
  }

  private Delivery find(Actor actor, long subscription, long id) {
    return deliveries
        .find(actor.workspace(), subscription, id)
        .orElseThrow(SubscriptionRpc::noDelivery);
  }

  private static void requireWords(Format format, List<EventKind> types) {
    for (EventKind type : types) {
      if (!format.canSay(type)) {
        throw HeraldException.invalid(
            "event_types",
            "EVENT_TYPE_HAS_NO_FORM",
            "AiSensy's form has no words for " + type + ". Choose the form HERALD for it.");
      }
    }
  }

  private static List<EventKind> kinds(List<EventType> types) {
    return types.stream().map(type -> EventKind.valueOf(type.name())).toList();
  }

  private static Optional<State> state(dev.herald.gateway.v1.Subscription.State state) {
    return switch (state) {
      case ACTIVE -> Optional.of(State.ACTIVE);
      case PAUSED -> Optional.of(State.PAUSED);
      case STATE_UNSPECIFIED, DISABLED, UNRECOGNIZED -> Optional.empty();
    };
  }

  private static Delivery.@Nullable State state(dev.herald.gateway.v1.Delivery.State state) {
    return switch (state) {
      case PENDING -> Delivery.State.PENDING;
      case DELIVERED -> Delivery.State.DELIVERED;
      case FAILED -> Delivery.State.FAILED;
      case STATE_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  private static dev.herald.gateway.v1.Subscription subscription(Subscription row) {
    dev.herald.gateway.v1.Subscription.Builder subscription =
        dev.herald.gateway.v1.Subscription.newBuilder()
            .setId(row.id())
            .setName(row.name())
            .setUrl(row.url())
            .setFormat(dev.herald.gateway.v1.Subscription.Format.valueOf(row.format().name()))
            .setState(dev.herald.gateway.v1.Subscription.State.valueOf(row.state().name()))
            .setDisableReason(row.disableReason())
            .setCreateTime(timestamp(row.createTime()))
            .setCreatedBy(row.createdBy());
    row.eventTypes().forEach(kind -> subscription.addEventTypes(EventType.valueOf(kind.name())));
    if (row.disableTime() != null) {
      subscription.setDisableTime(timestamp(row.disableTime()));
    }
    if (row.failingSince() != null) {
      subscription.setFailingSince(timestamp(row.failingSince()));
    }
    if (row.lastSuccessTime() != null) {
      subscription.setLastSuccessTime(timestamp(row.lastSuccessTime()));
    }
    if (row.oldSecretUntil() != null && row.oldSecretUntil().isAfter(Instant.now())) {
      subscription.setOldSecretExpireTime(timestamp(row.oldSecretUntil()));
    }
    return subscription.build();
  }

  private static dev.herald.gateway.v1.Delivery delivery(Delivery row) {
    dev.herald.gateway.v1.Delivery.Builder delivery =
        dev.herald.gateway.v1.Delivery.newBuilder()
            .setId(row.id())
            .setEventId(row.eventId().toString())
            .setEventType(EventType.valueOf(row.eventType().name()))
            .setEventTime(timestamp(row.eventTime()))
            .setState(dev.herald.gateway.v1.Delivery.State.valueOf(row.state().name()))
            .setAttempts(row.attempts())
            .setCreateTime(timestamp(row.createTime()))
            .setStatusCode(row.statusCode())
            .setError(row.error())
            .setDurationMillis(row.durationMillis());
    if (row.campaignId() != null) {
      delivery.setCampaignId(row.campaignId());
    }
    if (row.attemptTime() != null) {
      delivery.setLastAttemptTime(timestamp(row.attemptTime()));
    }
    if (row.state() == Delivery.State.PENDING) {
      delivery.setNextAttemptTime(timestamp(row.nextTime()));
    }
    return delivery.build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }

  private static HeraldException notFound() {
    return HeraldException.notFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
  }

  private static HeraldException noDelivery() {
    return HeraldException.notFound("DELIVERY_NOT_FOUND", "There is no such delivery.");
  }
}
