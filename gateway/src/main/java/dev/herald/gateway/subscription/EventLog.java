package dev.herald.gateway.subscription;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Where events are told. What is told in a transaction is delivered if and only if it commits. */
public final class EventLog {
  private final SubscriptionStore subscriptions;
  private final DeliveryStore deliveries;
  private final Runnable wakeCourier;

  EventLog(SubscriptionStore subscriptions, DeliveryStore deliveries, Runnable wakeCourier) {
    this.subscriptions = subscriptions;
    this.deliveries = deliveries;
    this.wakeCourier = wakeCourier;
  }

  /**
   * Tells events to those who asked for them. They are made only for workspaces where somebody did.
   *
   * @param workspaces where something happened
   * @param events makes the events of the workspaces it is given
   */
  public void tell(Handle tx, Set<Long> workspaces, Function<Set<Long>, List<Event>> events) {
    if (workspaces.isEmpty()) {
      return;
    }
    List<Subscription> active = subscriptions.active(tx, workspaces);
    if (!active.isEmpty()) {
      Set<Long> listening =
          active.stream().map(Subscription::workspaceId).collect(Collectors.toSet());
      deliveries.insert(tx, active, ordered(events.apply(listening)), Courier.LIFETIME);
    }
  }

  // Two writers that insert the same events must not wait for each other in a circle.
  private static List<Event> ordered(List<Event> events) {
    List<Event> ordered = new ArrayList<>(events);
    ordered.sort(Comparator.comparingLong(Event::workspaceId).thenComparing(Event::id));
    return ordered;
  }

  /** Says that what was told is committed. */
  public void committed() {
    wakeCourier.run();
  }
}
