package dev.herald.reliability.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * One campaign and what is done to the installation meanwhile: a function of the seed, and of
 * nothing else.
 *
 * @param api a live campaign that is fed by API calls, instead of a broadcast
 * @param rate messages a second of the channel
 * @param interruption "", "pause" (and resume) or "stop"
 * @param interruptMillis when, from the launch
 */
public record Schedule(
    long seed,
    boolean api,
    int audience,
    int rate,
    String interruption,
    int interruptMillis,
    List<Fault> faults) {
  private static final long UPGRADE_EVERY = 25;
  private static final List<String> SERVICES =
      List.of("campaign", "analytics", "billing", "gateway");
  private static final List<String> LINKS =
      List.of(
          "campaign-postgres",
          "analytics-postgres",
          "billing-postgres",
          "gateway-postgres",
          "campaign-analytics",
          "campaign-billing",
          "analytics-billing",
          "gateway-campaign",
          "gateway-analytics",
          "gateway-billing",
          "campaign-whatsapp",
          "whatsapp-gateway",
          "client-gateway");
  private static final List<FaultKind> DRAWN =
      List.of(
          FaultKind.KILL,
          FaultKind.KILL,
          FaultKind.KILL,
          FaultKind.TERMINATE,
          FaultKind.FREEZE,
          FaultKind.ROLLING_RESTART,
          FaultKind.SECOND_DISPATCHER,
          FaultKind.POSTGRES_KILL,
          FaultKind.POSTGRES_IMMEDIATE,
          FaultKind.POSTGRES_BACKEND,
          FaultKind.LINK_RESET,
          FaultKind.LINK_RESET,
          FaultKind.LINK_DELAY,
          FaultKind.LINK_SILENT,
          FaultKind.LINK_DOWN,
          FaultKind.WHATSAPP_SLOW,
          FaultKind.WHATSAPP_LYING,
          FaultKind.WHATSAPP_THROTTLING,
          FaultKind.WHATSAPP_UNAVAILABLE,
          FaultKind.WEBHOOKS_UNTIDY,
          FaultKind.WEBHOOKS_LATE,
          FaultKind.WEBHOOKS_REPLAYED,
          FaultKind.WEBHOOKS_OLD,
          FaultKind.CLOCK_JUMP,
          FaultKind.SLOW_WATCHERS);

  /** Consecutive seeds visit every kind of fault and every named point in turn. */
  public static Schedule of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    random.nextLong();
    CrashPoint point = CrashPoint.ALL.get((int) Math.floorMod(seed, (long) CrashPoint.ALL.size()));
    FaultKind kind = DRAWN.get((int) Math.floorMod(seed, (long) DRAWN.size()));
    boolean api = point.needs().equals("api") || (!point.isBroadcast() && random.nextInt(5) == 0);
    int audience = api ? 60 + random.nextInt(60) : 150 + random.nextInt(250);
    int rate = 80 + random.nextInt(120);
    int length = audience * 1000 / rate;

    List<Fault> faults = new ArrayList<>();
    faults.add(
        new Fault(0, FaultKind.CRASH_POINT, point.name(), 1 + random.nextInt(point.often())));
    if (point.needs().equals("lost")) {
      faults.add(new Fault(length / 4 + random.nextInt(length / 2), FaultKind.KILL, "campaign", 0));
    }
    faults.add(fault(kind, random, length));
    while (random.nextInt(3) == 0) {
      faults.add(fault(DRAWN.get(random.nextInt(DRAWN.size())), random, length));
    }
    if (Math.floorMod(seed, UPGRADE_EVERY) == 7) {
      faults.add(new Fault(length / 4, FaultKind.UPGRADE, "", 0));
    }
    faults.sort(Comparator.comparingInt(Fault::afterMillis));

    String interruption =
        point.needs().equals("pause") || point.needs().equals("stop") ? point.needs() : "";
    // A message that the network still holds has left Herald: no barrier can call it back.
    boolean late = faults.stream().anyMatch(it -> it.target().equals("campaign-whatsapp"));
    if (interruption.isEmpty() && !late && !api && random.nextInt(4) == 0) {
      interruption = random.nextInt(3) == 0 ? "stop" : "pause";
    }
    return new Schedule(
        seed, api, audience, rate, interruption, length / 4 + random.nextInt(length / 2), faults);
  }

  /** The same, and the disk is full for a while. */
  static Schedule withFullDisk(long seed) {
    Schedule schedule = of(seed);
    List<Fault> faults = new ArrayList<>(schedule.faults());
    faults.add(
        new Fault(schedule.audience() * 200 / schedule.rate(), FaultKind.DISK_FULL, "", 3000));
    return new Schedule(
        seed,
        schedule.api(),
        schedule.audience(),
        schedule.rate(),
        schedule.interruption(),
        schedule.interruptMillis(),
        faults);
  }

  private static Fault fault(FaultKind kind, Random random, int length) {
    int after = random.nextInt(Math.max(1, length));
    int lasts = 200 + random.nextInt(1500);
    return switch (kind) {
      case KILL, TERMINATE, FREEZE, CLOCK_JUMP ->
          new Fault(after, kind, SERVICES.get(random.nextInt(SERVICES.size())), lasts);
      case LINK_RESET, LINK_SILENT, LINK_DOWN ->
          new Fault(after, kind, LINKS.get(random.nextInt(LINKS.size())), lasts);
      case LINK_DELAY ->
          new Fault(after, kind, LINKS.get(random.nextInt(LINKS.size())), 20 + random.nextInt(200));
      case WEBHOOKS_UNTIDY, WEBHOOKS_LATE -> new Fault(0, kind, "", 0);
      default -> new Fault(after, kind, "", lasts);
    };
  }

  @Override
  public String toString() {
    return "seed %d: %s, %d recipients at %d/s%s"
        .formatted(
            seed,
            api ? "API campaign" : "broadcast",
            audience,
            rate,
            interruption.isEmpty()
                ? ""
                : ", " + interruption + " after " + interruptMillis + " ms");
  }
}
