package dev.herald.runtime.trace;

import dev.herald.runtime.config.Settings;
import java.net.URI;
import java.util.Optional;

/**
 * Where spans go, and of how many requests.
 *
 * @param collector OTLP over HTTP, with path; empty: no traces
 * @param percent how many of a hundred requests are traced, from 0 to 100
 */
public record TraceConfig(Optional<URI> collector, int percent) {
  private static final int DEFAULT_PERCENT = 10;

  public static TraceConfig from(Settings settings) {
    URI collector =
        settings.uri(
            "HERALD_OTLP_ENDPOINT",
            "",
            "Where traces are sent by OpenTelemetry's protocol over HTTP, such as"
                + " http://127.0.0.1:4318/v1/traces; empty: no traces.");
    int percent =
        settings.integer(
            "HERALD_TRACE_PERCENT",
            DEFAULT_PERCENT,
            0,
            100,
            "How many of a hundred requests are traced.");
    return new TraceConfig(
        collector.toString().isEmpty() ? Optional.empty() : Optional.of(collector), percent);
  }
}
