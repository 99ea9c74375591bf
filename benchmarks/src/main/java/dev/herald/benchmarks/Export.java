package dev.herald.benchmarks;

import dev.herald.standalone.Api;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A large campaign's recipients with their outcome as CSV over HTTP: how long until the file
 * begins, how fast it comes, what it takes of the heap; every row is checked.
 */
final class Export implements Benchmark {
  private static final int BATCH = 5000;
  private static final int PENDING_EVERY = 10;
  private static final int OPENINGS = 9;
  private static final long FIRST_NUMBER = 919_800_000_000L;

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String description() {
    return "GET messages.csv; recipients=1000000: first_byte_ms (median), rows_per_s, heap_mib"
        + " (highest seen after a collection) of heap_before_mib; every row checked";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int recipients = parameters.integer("recipients", 1_000_000);
    try (Lab lab = Lab.open(Map.of());
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      String campaign = prepare(lab, api, recipients);
      export(lab, campaign, recipients, Math.min(recipients, 20_000));
      double[] firstBytes = new double[OPENINGS];
      for (int i = 0; i < OPENINGS; i++) {
        firstBytes[i] = export(lab, campaign, recipients, 1).firstByteMillis();
      }
      System.gc();
      long before = live();
      Result result = export(lab, campaign, recipients, recipients);
      return new Figures()
          .add("first_byte_ms", Figures.median(firstBytes))
          .add("rows_per_s", Math.round(recipients / result.seconds()))
          .add("heap_before_mib", before >> 20)
          .add("heap_mib", result.heap() >> 20)
          .map();
    }
  }

  private record Result(double firstByteMillis, double seconds, long heap) {}

  // The last tenth of the recipients has not been attempted.
  private static String prepare(Lab lab, Api api, int recipients) throws Exception {
    Campaigns campaigns = Campaigns.of(api);
    String channel = campaigns.firstChannel();
    String campaign = campaigns.draft("Benchmark export", channel, campaigns.template(channel));
    System.err.printf("audience: %d rows%n", recipients);
    api.postCsv(
        "campaigns/" + campaign + "/audience", BodyPublishers.ofInputStream(() -> csv(recipients)));
    Events events = new Events(lab.workspaceId(), Long.parseLong(campaign));
    Ingest.merge(lab, events, Events.sentOnly(0, attempted(recipients), BATCH), "statuses");
    return campaign;
  }

  private static int attempted(int recipients) {
    return recipients - recipients / PENDING_EVERY;
  }

  /** Reads so many rows and checks each. */
  private static Result export(Lab lab, String campaign, int recipients, int rows)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                lab.herald().address().resolve("/api/v1/campaigns/" + campaign + "/messages.csv"))
            .header("Authorization", "Bearer " + lab.herald().apiKey())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      long begin = System.nanoTime();
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("Answered " + response.statusCode());
      }
      long heap = 0;
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(response.body(), StandardCharsets.UTF_8), 1 << 16)) {
        String header = lines.readLine();
        double firstByte = (System.nanoTime() - begin) / 1e6;
        if (header == null || !header.startsWith("ordinal,phone,")) {
          throw new IllegalStateException("No header: " + header);
        }
        for (int i = 0; i < rows; i++) {
          check(i, i < attempted(recipients), lines.readLine());
          if (i % 10_000 == 0) {
            heap = Math.max(heap, live());
          }
        }
        if (rows == recipients && lines.readLine() != null) {
          throw new IllegalStateException("There are more rows than recipients");
        }
        return new Result(firstByte, (System.nanoTime() - begin) / 1e9, heap);
      }
    }
  }

  private static void check(int ordinal, boolean attempted, String line) {
    String start = ordinal + "," + (FIRST_NUMBER + ordinal) + ",";
    String outcome = attempted ? ",sent," : ",pending,";
    if (line == null || !line.startsWith(start) || !line.contains(outcome)) {
      throw new IllegalStateException("Row " + ordinal + " is " + line);
    }
  }

  // Made while it is read, so that the benchmark itself holds none of it.
  @SuppressWarnings("JdkObsolete") // What SequenceInputStream takes.
  private static InputStream csv(int rows) {
    Iterator<InputStream> pieces =
        IntStream.iterate(0, from -> from < rows, from -> from + BATCH)
            .mapToObj(from -> piece(from, Math.min(rows, from + BATCH)))
            .iterator();
    return new SequenceInputStream(
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return pieces.hasNext();
          }

          @Override
          public InputStream nextElement() {
            return pieces.next();
          }
        });
  }

  private static InputStream piece(int from, int to) {
    StringBuilder text = new StringBuilder(from == 0 ? "phone,first_name\n" : "");
    for (int i = from; i < to; i++) {
      text.append('+').append(FIRST_NUMBER + i).append(",Guest ").append(i).append('\n');
    }
    return new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What the last collections left over. */
  private static long live() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .map(pool -> pool.getCollectionUsage())
        .filter(usage -> usage != null)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }
}
