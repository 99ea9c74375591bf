package dev.herald.runtime.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traces of this process: one exporter for all services that live in it. Without one, spans
 * cost next to nothing. Spans that the collector does not take are dropped, never waited for.
 */
public final class Tracing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tracing.class);
  private static final Tracer OFF = OpenTelemetry.noop().getTracer("");
  private static final String SCOPE = "dev.herald";
  private static final Duration EXPORT = Duration.ofSeconds(10);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int MOST_WAITING = 8192;
  private static final long CLOSE_SECONDS = 5;

  private static volatile Tracer tracer = OFF;

  private final SdkTracerProvider provider;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
  }

  /**
   * Begins to trace if a collector is named.
   *
   * @param service what the spans say they come from
   */
  public static AutoCloseable start(TraceConfig config, String service) {
    return config
        .collector()
        .<AutoCloseable>map(
            collector -> {
              log.info("Traces go to collector={} percent={}", collector, config.percent());
              SpanExporter exporter =
                  OtlpHttpSpanExporter.builder()
                      .setEndpoint(collector.toString())
                      .setTimeout(EXPORT)
                      .build();
              return start(exporter, config.percent(), service);
            })
        .orElse(() -> {});
  }

  /** Begins to trace to an exporter. */
  public static Tracing start(SpanExporter exporter, int percent, String service) {
    Sampler ratio = Sampler.traceIdRatioBased(percent / 100.0);
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.of(AttributeKey.stringKey("service.name"), service))))
            // A caller's word that it does not trace is no word on whether we do; the same trace is
            // decided alike everywhere.
            .setSampler(Sampler.parentBasedBuilder(ratio).setRemoteParentNotSampled(ratio).build())
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setMaxQueueSize(MOST_WAITING)
                    .setScheduleDelay(EVERY)
                    .setExporterTimeout(EXPORT)
                    .build())
            .build();
    tracer = provider.get(SCOPE);
    return new Tracing(provider);
  }

  static Tracer tracer() {
    return tracer;
  }

  /** Exports what has ended, and traces no more. */
  @Override
  public void close() {
    tracer = OFF;
    provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
