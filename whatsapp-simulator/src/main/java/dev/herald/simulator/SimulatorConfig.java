package dev.herald.simulator;

import dev.herald.simulator.account.App;
import dev.herald.simulator.scenario.FailureMix;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.Scenario;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a simulator starts with.
 *
 * @param port 0 takes a free one
 * @param app who calls the API and is called back
 * @param subscribed whether the app receives webhooks without asking for it
 * @param phoneNumbers how many the account has
 * @param throughput messages per second of each number
 * @param throughputBurst messages above the rate that pass at once; 0 = one second's worth
 * @param templatesFile templates instead of the built-in ones
 * @param journalFile where the journal is kept; null = in memory only
 * @param journalLimit messages kept in memory
 */
public record SimulatorConfig(
    String host,
    int port,
    App app,
    String businessAccountId,
    boolean subscribed,
    int phoneNumbers,
    int throughput,
    int throughputBurst,
    Scenario scenario,
    @Nullable Path templatesFile,
    @Nullable Path journalFile,
    int journalLimit) {

  private static final int MOST_PORT = 65_535;
  private static final int MOST_THROUGHPUT = 1_000_000;
  private static final int MOST_JOURNAL = 20_000_000;

  public SimulatorConfig {
    between("port", port, 0, MOST_PORT);
    between("phoneNumbers", phoneNumbers, 0, 4096);
    between("throughput", throughput, 1, MOST_THROUGHPUT);
    between("throughputBurst", throughputBurst, 0, MOST_THROUGHPUT);
    between("journalLimit", journalLimit, 1, MOST_JOURNAL);
  }

  private static void between(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", not " + value);
    }
  }

  /** The documented defaults on a free port. */
  public static SimulatorConfig defaults() {
    return from(Map.of()).withPort(0);
  }

  /**
   * Reads {@code HERALD_SIMULATOR_…} variables; one the simulator does not know is an error, not
   * ignored.
   */
  public static SimulatorConfig from(Map<String, String> environment) {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      settings.put(setting, setting.fallback());
    }
    Scenario scenario = Scenario.realistic();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (!variable.getKey().startsWith(Setting.PREFIX)) {
        continue;
      }
      String name = variable.getKey().substring(Setting.PREFIX.length());
      Setting setting = Setting.of(name).orElse(null);
      if (setting != null) {
        settings.put(setting, variable.getValue());
      } else {
        Knob knob =
            Knob.of(name.toLowerCase(Locale.ROOT))
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            variable.getKey() + " is no setting of the simulator"));
        scenario = scenario.with(knob, variable.getValue());
      }
    }
    return from(settings, scenario.with(FailureMix.parse(text(settings, Setting.FAILURE_MIX))));
  }

  private static SimulatorConfig from(Map<Setting, String> settings, Scenario scenario) {
    String callback = text(settings, Setting.CALLBACK_URL);
    App app =
        new App(
            text(settings, Setting.APP_ID),
            "Simulated app",
            new LinkedHashSet<>(List.of(text(settings, Setting.ACCESS_TOKEN).split(","))),
            text(settings, Setting.APP_SECRET),
            callback.isEmpty() ? null : callback,
            text(settings, Setting.VERIFY_TOKEN));
    return new SimulatorConfig(
        text(settings, Setting.HOST),
        number(settings, Setting.PORT),
        app,
        text(settings, Setting.BUSINESS_ACCOUNT_ID),
        Boolean.parseBoolean(text(settings, Setting.SUBSCRIBED)),
        number(settings, Setting.PHONE_NUMBERS),
        number(settings, Setting.THROUGHPUT),
        number(settings, Setting.THROUGHPUT_BURST),
        scenario,
        path(settings, Setting.TEMPLATES_FILE),
        path(settings, Setting.JOURNAL_FILE),
        number(settings, Setting.JOURNAL_LIMIT));
  }

  private static String text(Map<Setting, String> settings, Setting setting) {
    return settings.getOrDefault(setting, setting.fallback());
  }

  private static int number(Map<Setting, String> settings, Setting setting) {
    try {
      return Integer.parseInt(text(settings, setting));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(setting.variable() + " must be a whole number", e);
    }
  }

  private static @Nullable Path path(Map<Setting, String> settings, Setting setting) {
    String text = text(settings, setting);
    return text.isEmpty() ? null : Path.of(text);
  }

  public SimulatorConfig withPort(int changed) {
    return new SimulatorConfig(
        host,
        changed,
        app,
        businessAccountId,
        subscribed,
        phoneNumbers,
        throughput,
        throughputBurst,
        scenario,
        templatesFile,
        journalFile,
        journalLimit);
  }

  public SimulatorConfig withScenario(Scenario changed) {
    return new SimulatorConfig(
        host,
        port,
        app,
        businessAccountId,
        subscribed,
        phoneNumbers,
        throughput,
        throughputBurst,
        changed,
        templatesFile,
        journalFile,
        journalLimit);
  }

  public SimulatorConfig withApp(App changed) {
    return new SimulatorConfig(
        host,
        port,
        changed,
        businessAccountId,
        subscribed,
        phoneNumbers,
        throughput,
        throughputBurst,
        scenario,
        templatesFile,
        journalFile,
        journalLimit);
  }

  /** Webhooks go to this URL, verified by this token and signed with this secret. */
  public SimulatorConfig withCallback(String url, String verifyToken, String appSecret) {
    return withApp(app.withCallback(url, verifyToken).withAppSecret(appSecret));
  }

  public SimulatorConfig withAccessTokens(Set<String> tokens) {
    return withApp(app.withAccessTokens(tokens));
  }

  public SimulatorConfig withSubscribed(boolean changed) {
    return new SimulatorConfig(
        host,
        port,
        app,
        businessAccountId,
        changed,
        phoneNumbers,
        throughput,
        throughputBurst,
        scenario,
        templatesFile,
        journalFile,
        journalLimit);
  }

  public SimulatorConfig withPhoneNumbers(int changed) {
    return new SimulatorConfig(
        host,
        port,
        app,
        businessAccountId,
        subscribed,
        changed,
        throughput,
        throughputBurst,
        scenario,
        templatesFile,
        journalFile,
        journalLimit);
  }

  public SimulatorConfig withThroughput(int perSecond, int burst) {
    return new SimulatorConfig(
        host,
        port,
        app,
        businessAccountId,
        subscribed,
        phoneNumbers,
        perSecond,
        burst,
        scenario,
        templatesFile,
        journalFile,
        journalLimit);
  }

  public SimulatorConfig withJournal(@Nullable Path file, int limit) {
    return new SimulatorConfig(
        host,
        port,
        app,
        businessAccountId,
        subscribed,
        phoneNumbers,
        throughput,
        throughputBurst,
        scenario,
        templatesFile,
        file,
        limit);
  }

  /** The burst in messages. */
  int burst() {
    return throughputBurst == 0 ? throughput : throughputBurst;
  }
}
