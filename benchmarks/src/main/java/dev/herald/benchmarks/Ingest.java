package dev.herald.benchmarks;

import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import dev.herald.benchmarks.Events.Event;
import dev.herald.runtime.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.copy.CopyManager;

/**
 * Durable statuses a second through gRPC, against raw COPY of the same events in the same batches
 * into a table without an index, and against the usual way, {@link RowByRow}.
 */
final class Ingest implements Benchmark {
  private static final int CALLERS = 8;
  private static final int ROW_BY_ROW = 20_000;

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String description() {
    return "Statuses merged through gRPC; messages=500000 batch=2000: statuses_per_s,"
        + " ratio_to_copy, ratio_to_row_by_row";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int messages = parameters.integer("messages", 500_000);
    int batchSize = parameters.integer("batch", 2000);
    try (Lab lab = Lab.open(Map.of())) {
      long workspaceId = lab.workspaceId();
      merge(lab, new Events(workspaceId, Ids.next()), Events.batches(50_000, batchSize), "warm-up");
      Events events = new Events(workspaceId, Ids.next());
      List<List<Event>> batches = Events.batches(messages, batchSize);
      double copy = copy(lab, events, batches);
      double merged = merge(lab, events, batches, "merge");
      double rowByRow = rowByRow(lab, events, batches);
      return new Figures()
          .add("statuses_per_s", Math.round(merged))
          .add("copy_per_s", Math.round(copy))
          .add("row_by_row_per_s", Math.round(rowByRow))
          .add("ratio_to_copy", merged / copy)
          .add("ratio_to_row_by_row", merged / rowByRow)
          .map();
    }
  }

  /** Statuses a second, every batch durable before it is counted. */
  static double merge(Lab lab, Events events, List<List<Event>> batches, String label)
      throws InterruptedException, ExecutionException {
    List<RecordEvidenceRequest> requests = batches.stream().map(events::request).toList();
    EvidenceServiceBlockingStub stub = lab.evidence();
    AtomicInteger next = new AtomicInteger();
    int statuses = batches.stream().mapToInt(List::size).sum();
    long begin = System.nanoTime();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        running.add(callers.submit(() -> send(stub, requests, next, label)));
      }
      for (Future<?> caller : running) {
        caller.get();
      }
    }
    return statuses / seconds(begin);
  }

  private static void send(
      EvidenceServiceBlockingStub stub,
      List<RecordEvidenceRequest> requests,
      AtomicInteger next,
      String label) {
    for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
      int rejected = stub.recordEvidence(requests.get(i)).getRejectionsCount();
      if (rejected > 0) {
        throw new IllegalStateException(rejected + " elements were rejected");
      }
      if (i % Math.max(1, requests.size() / 5) == 0) {
        System.err.printf("%s: %d of %d batches%n", label, i, requests.size());
      }
    }
  }

  private static double copy(Lab lab, Events events, List<List<Event>> batches)
      throws SQLException, IOException {
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table public.bare_event (
            campaign_id bigint, ordinal int, kind smallint, at timestamptz, country text)
          """);
      CopyManager copy = Lab.postgres(connection).getCopyAPI();
      List<byte[]> rows = batches.stream().map(batch -> rows(events, batch)).toList();
      int statuses = batches.stream().mapToInt(List::size).sum();
      long begin = System.nanoTime();
      for (byte[] batch : rows) {
        copy.copyIn("copy public.bare_event from stdin", new java.io.ByteArrayInputStream(batch));
      }
      return statuses / seconds(begin);
    }
  }

  private static byte[] rows(Events events, List<Event> batch) {
    StringBuilder rows = new StringBuilder(batch.size() * 48);
    for (Event event : batch) {
      rows.append("1\t")
          .append(event.ordinal())
          .append('\t')
          .append(event.kind().getNumber())
          .append('\t')
          .append(java.time.Instant.ofEpochSecond(events.seconds(event)))
          .append('\t')
          .append(events.country(event))
          .append('\n');
    }
    return rows.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static double rowByRow(Lab lab, Events events, List<List<Event>> batches)
      throws SQLException {
    List<Event> sample = batches.stream().flatMap(List::stream).limit(ROW_BY_ROW).toList();
    try (Connection connection = lab.bare();
        RowByRow merge = new RowByRow(connection)) {
      long begin = System.nanoTime();
      for (Event event : sample) {
        merge.merge(event, events.seconds(event), events.country(event));
      }
      return sample.size() / seconds(begin);
    }
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
