package dev.herald.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.People;
import dev.herald.simulator.cloudapi.Behaviour;
import dev.herald.simulator.cloudapi.CloudApi;
import dev.herald.simulator.cloudapi.TemplateLifecycle;
import dev.herald.simulator.control.ControlApi;
import dev.herald.simulator.control.Controls;
import dev.herald.simulator.http.Exchange;
import dev.herald.simulator.http.WebServer;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.template.TemplateCatalog;
import dev.herald.simulator.time.Ticker;
import dev.herald.simulator.webhook.Webhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for the WhatsApp Cloud API: takes messages over HTTP, reports what becomes of them by
 * signed webhooks, and keeps a journal that tells exactly what it did.
 */
public final class Simulator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Simulator.class);
  private static final long FIRST_NUMBER_ID = 200_000_000_000_001L;
  private static final long FIRST_NUMBER = 15_550_100_001L;

  private final SimulatorConfig config;
  private final Journal journal;
  private final Webhooks webhooks;
  private final TemplateLifecycle lifecycle;
  private final Controls controls;
  private final CloudApi cloudApi;
  private final ControlApi controlApi;
  private final WebServer server;

  private Simulator(SimulatorConfig config) {
    this.config = config;
    Ticker ticker = new Ticker();
    Directory directory = new Directory();
    populate(directory, config, ticker);
    People people = new People();
    this.journal =
        new Journal(
            directory,
            config.journalLimit(),
            config.journalFile(),
            config.scenario(),
            (number, account) ->
                LOG.warn(
                    "The journal file tells of phone number {}, which is not configured: left out.",
                    number));
    Behaviour behaviour = new Behaviour(journal, config.scenario());
    this.webhooks = new Webhooks(directory, journal, people, behaviour::scenario, ticker);
    this.lifecycle = new TemplateLifecycle(webhooks, behaviour, ticker);
    this.cloudApi =
        new CloudApi(directory, journal, webhooks, people, behaviour, lifecycle, ticker);
    this.controls =
        new Controls(directory, journal, webhooks, people, behaviour, cloudApi, lifecycle, ticker);
    this.controlApi = new ControlApi(controls);
    this.server = new WebServer(config.host(), config.port(), this::handle);
  }

  private static void populate(Directory directory, SimulatorConfig config, Ticker ticker) {
    directory.add(config.app());
    BusinessAccount account =
        directory.addAccount(
            config.businessAccountId(),
            "Simulated business",
            templates(config.templatesFile()),
            Set.of());
    if (config.subscribed()) {
      account.subscribers().add(config.app().id());
    }
    for (int i = 0; i < config.phoneNumbers(); i++) {
      directory.addNumber(
          Long.toString(FIRST_NUMBER_ID + i),
          account,
          Long.toString(FIRST_NUMBER + i),
          "Simulated business",
          config.throughput(),
          config.burst(),
          ticker.nanos());
    }
  }

  private static JsonNode templates(@Nullable Path file) {
    if (file == null) {
      return TemplateCatalog.defaults();
    }
    try {
      return Json.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the templates in " + file, e);
    }
  }

  /** Starts a simulator; it answers when this returns. */
  public static Simulator start(SimulatorConfig config) {
    Simulator simulator = new Simulator(config);
    try {
      simulator.server.start();
    } catch (IOException e) {
      simulator.close();
      throw new UncheckedIOException(
          "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage(), e);
    }
    simulator.webhooks.start();
    LOG.info(
        "Simulated WhatsApp Cloud API at {}; no message reaches a real person.", simulator.url());
    return simulator;
  }

  private void handle(Exchange exchange) throws IOException {
    String path = exchange.path();
    if (path.equals(ControlApi.PREFIX) || path.startsWith(ControlApi.PREFIX + "/")) {
      controlApi.handle(exchange);
    } else {
      cloudApi.handle(exchange);
    }
  }

  public SimulatorConfig config() {
    return config;
  }

  public int port() {
    return server.port();
  }

  /** What stands for {@code https://graph.facebook.com}. */
  public String url() {
    return "http://" + config.host() + ":" + port();
  }

  /** The id of the nth phone number (from 0) of the configured account. */
  public String phoneNumberId(int nth) {
    return Long.toString(FIRST_NUMBER_ID + nth);
  }

  /** What happened. */
  public Journal record() {
    return journal;
  }

  /** What the operator can do. */
  public Controls controls() {
    return controls;
  }

  public Scenario scenario() {
    return controls.scenario();
  }

  /** Changes the scenario for messages taken from now on. */
  public Scenario change(UnaryOperator<Scenario> change) {
    return controls.change(change);
  }

  /** Waits until everything planned has been told and acknowledged; false if that takes longer. */
  public boolean awaitQuiet(Duration atMost) throws InterruptedException {
    return controls.awaitQuiet(atMost);
  }

  /** Stops answering and telling; what is planned is lost unless there is a journal file. */
  @Override
  public void close() {
    server.close();
    lifecycle.close();
    webhooks.close();
    journal.close();
  }
}
