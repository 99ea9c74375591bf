package dev.herald.simulator;

import java.util.Arrays;
import java.util.Optional;

/**
 * Settings of the simulator that do not shape behaviour; those are {@link
 * dev.herald.simulator.scenario.Knob}s.
 */
enum Setting {
  HOST("127.0.0.1", "address to listen on"),
  PORT("9180", "port to listen on; 0 takes a free one"),
  ACCESS_TOKEN(
      "simulator-access-token", "bearer token of the Cloud API; several separated by commas"),
  APP_ID("900000000000001", "id of the app the token belongs to"),
  APP_SECRET("simulator-app-secret", "signs webhooks"),
  CALLBACK_URL("", "where webhooks go; empty = nowhere until it is set at run time"),
  VERIFY_TOKEN("simulator-verify-token", "sent in the webhook handshake"),
  BUSINESS_ACCOUNT_ID("100000000000001", "id of the WhatsApp Business Account"),
  SUBSCRIBED("true", "whether the app is subscribed to the account from the start"),
  PHONE_NUMBERS(
      "1",
      "how many phone numbers the account has: ids 200000000000001 and up, +1 555-010-0001 and up"),
  THROUGHPUT("80", "messages per second of each number"),
  THROUGHPUT_BURST("0", "messages above the rate that pass at once; 0 = one second's worth"),
  TEMPLATES_FILE("", "JSON file with an array of templates, instead of the built-in ones"),
  JOURNAL_FILE(
      "", "file that keeps the journal; with it a restart continues where the simulator stopped"),
  JOURNAL_LIMIT("1000000", "messages kept in memory; the oldest beyond it are forgotten"),
  FAILURE_MIX(
      "131026:45,131049:30,130472:5,131050:8,131053:5,131000:7",
      "weights of error codes among failures");

  static final String PREFIX = "HERALD_SIMULATOR_";

  private final String fallback;
  private final String meaning;

  Setting(String fallback, String meaning) {
    this.fallback = fallback;
    this.meaning = meaning;
  }

  String fallback() {
    return fallback;
  }

  String meaning() {
    return meaning;
  }

  String variable() {
    return PREFIX + name();
  }

  static Optional<Setting> of(String name) {
    return Arrays.stream(values()).filter(setting -> setting.name().equals(name)).findFirst();
  }
}
