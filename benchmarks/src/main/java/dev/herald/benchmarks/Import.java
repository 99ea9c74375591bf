package dev.herald.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.standalone.Api;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * A large CSV through HTTP into a campaign's audience, against COPY of the same rows into a table
 * of the same shape with the same indexes.
 */
final class Import implements Benchmark {
  @Override
  public String name() {
    return "import";
  }

  @Override
  public String description() {
    return "CSV upload; rows=1000000: rows_per_s, ratio_to_copy, heap_mib (highest seen after a"
        + " collection during the upload)";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int rows = parameters.integer("rows", 1_000_000);
    try (Lab lab = Lab.open(Map.of());
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      Campaigns campaigns = Campaigns.of(api);
      upload(campaigns, api, "warm-up", rows / 20);
      // Neither is measured while the contacts of an upload before are still being made.
      awaitContacts(lab);
      double copied = copy(lab, rows);
      HeapWatch heap = HeapWatch.start();
      double uploaded = upload(campaigns, api, "upload", rows);
      long heapMib = heap.stop();
      return new Figures()
          .add("rows_per_s", Math.round(uploaded))
          .add("copy_per_s", Math.round(copied))
          .add("ratio_to_copy", uploaded / copied)
          .add("heap_mib", heapMib)
          .map();
    }
  }

  private static double upload(Campaigns campaigns, Api api, String label, int rows) {
    System.err.printf("%s: %d rows%n", label, rows);
    String channelId = campaigns.firstChannel();
    String id = campaigns.draft("Benchmark " + label, channelId, campaigns.template(channelId));
    long begin = System.nanoTime();
    JsonNode imported =
        api.postCsv(
            "campaigns/" + id + "/audience",
            BodyPublishers.ofInputStream(
                () -> new Lines("phone,first_name,store\n", rows, Import::csvRow)));
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (imported.path("accepted").asInt() != rows) {
      throw new IllegalStateException("Not all rows were accepted: " + imported);
    }
    return rows / seconds;
  }

  private static void awaitContacts(Lab lab) throws SQLException {
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement()) {
      boolean done = false;
      while (!done) {
        LockSupport.parkNanos(200_000_000);
        try (ResultSet open =
            statement.executeQuery(
                "select count(*) from campaign.audience_import where contacts_done < accepted")) {
          open.next();
          done = open.getInt(1) == 0;
        }
      }
    }
  }

  private static double copy(Lab lab, int rows) throws SQLException, IOException {
    System.err.printf("copy: %d rows%n", rows);
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table public.bare_recipient (like campaign.recipient including all)");
      long begin = System.nanoTime();
      Lab.postgres(connection)
          .getCopyAPI()
          .copyIn(
              """
              copy public.bare_recipient (audience_id, ordinal, phone, lot, country, parameters)
              from stdin
              """,
              new Lines("", rows, Import::copyRow));
      return rows / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static String csvRow(int i) {
    return "+91" + (9_800_000_000L + i) + ",Guest " + i + ",North\n";
  }

  private static String copyRow(int i) {
    return "1\t" + i + "\t91" + (9_800_000_000L + i) + "\t0\tIN\t{\"Guest " + i + "\",North}\n";
  }

  /** Text made while it is read, so that the benchmark itself holds none of it. */
  private static final class Lines extends InputStream {
    private final int rows;
    private final IntFunction<String> row;
    private byte[] current;
    private int position;
    private int next;

    Lines(String header, int rows, IntFunction<String> row) {
      this.rows = rows;
      this.row = row;
      this.current = header.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      return fill() ? current[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int written = 0;
      while (written < length && fill()) {
        int step = Math.min(length - written, current.length - position);
        System.arraycopy(current, position, target, offset + written, step);
        position += step;
        written += step;
      }
      return written == 0 ? -1 : written;
    }

    private boolean fill() {
      while (position == current.length) {
        if (next == rows) {
          return false;
        }
        StringBuilder text = new StringBuilder();
        for (int end = Math.min(rows, next + 500); next < end; next++) {
          text.append(row.apply(next));
        }
        current = text.toString().getBytes(StandardCharsets.UTF_8);
        position = 0;
      }
      return true;
    }
  }

  /** Watches how much of the heap survives collections. */
  private static final class HeapWatch {
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong highest = new AtomicLong();
    private final Thread thread =
        Thread.ofPlatform().daemon().name("heap-watch").unstarted(this::run);

    static HeapWatch start() {
      HeapWatch watch = new HeapWatch();
      System.gc();
      watch.thread.start();
      return watch;
    }

    long stop() throws InterruptedException {
      running.set(false);
      thread.join();
      return highest.get() >> 20;
    }

    private void run() {
      while (running.get()) {
        long live =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                .map(pool -> pool.getCollectionUsage())
                .filter(usage -> usage != null)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        highest.accumulateAndGet(live, Math::max);
        LockSupport.parkNanos(20_000_000);
      }
    }
  }
}
