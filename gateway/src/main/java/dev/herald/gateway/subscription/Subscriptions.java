package dev.herald.gateway.subscription;

import dev.herald.gateway.egress.EgressClient;
import dev.herald.gateway.egress.EgressPolicy;
import dev.herald.gateway.identity.AuditLog;
import dev.herald.gateway.identity.Requests;
import dev.herald.runtime.config.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/** Everything about telling other systems, put together. */
public final class Subscriptions implements AutoCloseable {
  private static final Duration KEPT = Duration.ofDays(7);

  private final SubscriptionStore subscriptions;
  private final DeliveryStore deliveries;
  private final EgressClient http;
  private final Courier courier;
  private final EventLog events;
  private final SubscriptionRpc rpc;

  public Subscriptions(
      Jdbi jdbi,
      Secret secret,
      EgressPolicy policy,
      AuditLog audit,
      Requests requests,
      MeterRegistry metrics) {
    this.subscriptions = new SubscriptionStore(jdbi);
    this.deliveries = new DeliveryStore(jdbi);
    Signing signing = new Signing(secret);
    this.http = new EgressClient(policy, Courier.DEADLINE);
    this.courier = new Courier(jdbi, subscriptions, deliveries, signing, http, audit, metrics);
    this.events = new EventLog(subscriptions, deliveries, courier::wake);
    this.rpc =
        new SubscriptionRpc(subscriptions, deliveries, signing, policy, requests, courier::wake);
  }

  /** Where events are told. */
  public EventLog events() {
    return events;
  }

  public SubscriptionRpc rpc() {
    return rpc;
  }

  /** Gives up what is too old, and removes what nobody needs; called every minute. */
  public void sweep() {
    deliveries.expire();
    boolean more = true;
    for (int round = 0; more && round < 20; round++) {
      boolean moreDeliveries = deliveries.sweep(KEPT);
      more = subscriptions.sweep() || moreDeliveries;
    }
  }

  @Override
  public void close() throws InterruptedException, IOException {
    courier.close();
    http.close();
  }
}
