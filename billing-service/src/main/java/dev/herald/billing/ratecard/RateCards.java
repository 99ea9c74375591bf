package dev.herald.billing.ratecard;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The book in use. The operator's folder is read again every minute, so that a new card needs no
 * restart; a folder with an error is refused at the start, and later leaves the old book in use.
 */
public final class RateCards implements Supplier<RateCardBook>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RateCards.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Optional<Path> folder;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rate-cards").factory());
  private volatile RateCardBook book;
  private volatile boolean refused;

  /** Reads the files; a {@link RateCardFilesException} lists what is wrong with them. */
  public RateCards(Optional<Path> folder, MeterRegistry metrics) {
    this.folder = folder;
    this.book = RateCardFiles.load(folder);
    Gauge.builder("herald.rate.cards.refused", () -> refused ? 1 : 0)
        .description("1 while the rate card folder has an error and the old cards stay in use")
        .register(metrics);
    log.info("Rate cards loaded cards={}", book.cards().stream().map(RateCard::name).toList());
    if (folder.isPresent()) {
      var _ =
          timer.scheduleWithFixedDelay(
              this::reload, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Override
  public RateCardBook get() {
    return book;
  }

  void reload() {
    try {
      book = RateCardFiles.load(folder);
      refused = false;
    } catch (RuntimeException e) {
      if (!refused) {
        log.error("The rate card folder is refused, the cards in use stay", e);
      }
      refused = true;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
