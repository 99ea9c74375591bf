package dev.herald.reliability.schedule;

import dev.herald.reliability.client.SlowWatchers;
import dev.herald.reliability.client.WhatsApp;
import dev.herald.reliability.stack.Installation;
import dev.herald.reliability.stack.Jvm;
import dev.herald.reliability.stack.Link;
import dev.herald.reliability.stack.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Does to an installation what a schedule says, and undoes it in the end. */
final class Injector {
  /** Nothing goes wrong but what the untidy settings of every schedule make of webhooks. */
  static final Map<String, String> WELL =
      Map.ofEntries(
          Map.entry("time_scale", "0.02"),
          Map.entry("answer_latency", "10ms"),
          Map.entry("duplicate_rate", "0.2"),
          Map.entry("duplicate_post_rate", "0.05"),
          Map.entry("reorder_rate", "0.3"),
          Map.entry("contradiction_rate", "0.01"),
          Map.entry("late_rate", "0"),
          Map.entry("late_delay", "12h"),
          Map.entry("webhook_batch_size", "100"),
          Map.entry("webhook_retry_delay", "200ms"),
          Map.entry("webhook_retry_max_delay", "1s"),
          Map.entry("fault_slow_rate", "0"),
          Map.entry("fault_timeout_rate", "0"),
          Map.entry("fault_timeout_hold", "5s"),
          Map.entry("fault_error_after_accept_rate", "0"),
          Map.entry("fault_reset_after_accept_rate", "0"),
          Map.entry("fault_truncated_rate", "0"),
          Map.entry("fault_garbage_rate", "0"),
          Map.entry("fault_reset_before_accept_rate", "0"),
          Map.entry("fault_unavailable_rate", "0"),
          Map.entry("fault_throttled_rate", "0"));

  private static final int SLOW_WATCHERS = 50;
  private static final Duration THREE_DAYS = Duration.ofDays(3);
  private static final List<Duration> JUMPS =
      List.of(
          Duration.ofHours(1),
          Duration.ofHours(-1),
          Duration.ofSeconds(20),
          Duration.ofSeconds(-20),
          Duration.ofDays(1));

  private final Installation installation;
  private final WhatsApp whatsapp;
  private final String campaign;
  private final List<Fault> done = new ArrayList<>();
  private final List<Thread> running = new ArrayList<>();

  Injector(Installation installation, WhatsApp whatsapp, String campaign) {
    this.installation = installation;
    this.whatsapp = whatsapp;
    this.campaign = campaign;
  }

  /** Arms a point; whether it was reached is known in the end. */
  static void arm(Installation installation, Fault fault) {
    CrashPoint point = CrashPoint.named(fault.target());
    Path file = installation.crashFile(point.service());
    try {
      // Whole or not at all: the service may be looking.
      Path draft =
          Files.writeString(
              file.resolveSibling(file.getFileName() + ".new"),
              fault.target() + " " + fault.millis());
      Files.move(draft, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Disarms it again; true if it had been reached. */
  static boolean disarm(Installation installation, Fault fault) {
    try {
      return !Files.deleteIfExists(
          installation.crashFile(CrashPoint.named(fault.target()).service()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the faults at their times, counted from now. */
  void start(List<Fault> faults) {
    long begin = System.nanoTime();
    for (Fault fault : faults) {
      if (fault.kind() == FaultKind.CRASH_POINT
          || (fault.kind() == FaultKind.CLOCK_JUMP && !WallClock.movable())) {
        continue;
      }
      running.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    pause(fault.afterMillis() - (System.nanoTime() - begin) / 1_000_000);
                    inject(fault);
                  }));
      done.add(fault);
    }
  }

  /** Waits for what is still being done, and makes everything whole. */
  List<Fault> finish() {
    for (Thread thread : running) {
      try {
        thread.join(Duration.ofSeconds(90));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    whatsapp.behave(WELL);
    whatsapp.fastForward();
    installation.heal();
    return done;
  }

  private static void pause(long millis) {
    if (millis > 0) {
      LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
  }

  private void inject(Fault fault) {
    switch (fault.kind()) {
      case KILL -> installation.part(fault.target()).kill();
      case TERMINATE -> installation.part(fault.target()).terminate();
      case FREEZE -> {
        Jvm part = installation.part(fault.target());
        part.freeze();
        // Longer than the lease of a channel: others may take over meanwhile.
        pause(fault.millis() * 2L);
        part.thaw();
      }
      case ROLLING_RESTART ->
          Installation.SERVICES.forEach(
              service -> {
                installation.part(service).terminate();
                installation.part(service).start();
                installation.part(service).awaitReady(installation.http(), Duration.ofSeconds(60));
              });
      case UPGRADE -> {
        try {
          installation.upgrade();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case DISK_FULL -> {
        fillDisk();
        pause(fault.millis());
        SmallDisk.empty(installation.postgres().data());
      }
      case SECOND_DISPATCHER -> second(fault.millis());
      case POSTGRES_KILL -> {
        installation.postgres().kill();
        pause(fault.millis() / 4);
        installation.postgres().start();
      }
      case POSTGRES_IMMEDIATE -> {
        installation.postgres().stopImmediately();
        pause(fault.millis() / 4);
        installation.postgres().start();
      }
      case POSTGRES_BACKEND -> installation.postgres().killBackend(fault.millis());
      case LINK_RESET -> {
        Link link = installation.link(fault.target());
        for (int i = 0; i < 5; i++) {
          link.reset();
          pause(fault.millis() / 5);
        }
      }
      case LINK_DELAY -> {
        installation.link(fault.target()).delay(Duration.ofMillis(fault.millis()));
        pause(2000);
        installation.link(fault.target()).heal();
      }
      case LINK_SILENT -> {
        installation.link(fault.target()).silence();
        pause(fault.millis() * 2L);
        installation.link(fault.target()).heal();
      }
      case LINK_DOWN -> {
        installation.link(fault.target()).down();
        pause(fault.millis());
        installation.link(fault.target()).heal();
      }
      case WHATSAPP_SLOW ->
          behave(
              fault,
              Map.of(
                  "fault_slow_rate", "0.1", "fault_slow_for", "1500ms", "answer_latency", "150ms"));
      case WHATSAPP_LYING ->
          behave(
              fault,
              Map.of(
                  "fault_error_after_accept_rate", "0.05",
                  "fault_reset_after_accept_rate", "0.05",
                  "fault_truncated_rate", "0.05",
                  "fault_garbage_rate", "0.05",
                  "fault_timeout_rate", "0.02"));
      case WHATSAPP_THROTTLING -> behave(fault, Map.of("fault_throttled_rate", "0.3"));
      case WHATSAPP_UNAVAILABLE ->
          behave(
              fault,
              Map.of("fault_unavailable_rate", "0.1", "fault_reset_before_accept_rate", "0.1"));
      case WEBHOOKS_UNTIDY ->
          whatsapp.behave(
              Map.of(
                  "duplicate_rate",
                  "0.9",
                  "duplicate_copies",
                  "5",
                  "duplicate_post_rate",
                  "0.5",
                  "reorder_rate",
                  "1"));
      case WEBHOOKS_LATE -> whatsapp.behave(Map.of("late_rate", "0.4"));
      case WEBHOOKS_REPLAYED -> whatsapp.replay(campaign);
      case WEBHOOKS_OLD -> {
        Installation.SERVICES.forEach(service -> installation.clock(service).move(THREE_DAYS));
        whatsapp.replayAll();
        pause(fault.millis());
        rightClocks();
      }
      case CLOCK_JUMP -> {
        Duration jump = JUMPS.get(fault.millis() % JUMPS.size());
        installation.clock(fault.target()).move(jump);
        pause(fault.millis());
        rightClocks();
      }
      case SLOW_WATCHERS -> {
        try (SlowWatchers watchers =
            SlowWatchers.open(
                installation.gateway(), Installation.API_KEY, campaign, SLOW_WATCHERS)) {
          pause(fault.millis() * 4L);
        }
      }
      case CRASH_POINT -> throw new IllegalArgumentException("Armed before the launch");
    }
  }

  private void rightClocks() {
    Installation.SERVICES.forEach(service -> installation.clock(service).move(Duration.ZERO));
  }

  // Until PostgreSQL itself says so: what it has allocated before lasts for a while.
  private void fillDisk() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!installation.postgres().hasRunOutOfSpace()) {
      if (System.nanoTime() - deadline > 0) {
        SmallDisk.empty(installation.postgres().data());
        throw new IllegalStateException("PostgreSQL did not notice that its disk is full");
      }
      SmallDisk.fill(installation.postgres().data());
      installation.postgres().useUpLog();
      pause(50);
    }
  }

  private void behave(Fault fault, Map<String, String> settings) {
    whatsapp.behave(settings);
    pause(fault.millis());
    whatsapp.behave(WELL);
  }

  private void second(int millis) {
    try (AutoCloseable second = installation.secondDispatcher()) {
      // Its start takes longer than many a campaign: it is there for what is left and for the next.
      installation.part("campaign2").awaitReady(installation.http(), Duration.ofSeconds(60));
      pause(millis);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
