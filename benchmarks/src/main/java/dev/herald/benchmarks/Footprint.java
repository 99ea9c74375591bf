package dev.herald.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.herald.standalone.Api;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one message costs of a machine, from the upload to its last status: bytes on PostgreSQL's
 * disk by schema, and processor time of the JVM (with the simulator that plays WhatsApp in it) and
 * of PostgreSQL.
 */
final class Footprint implements Benchmark {
  private static final int RATE = 1000;
  private static final long TICKS_PER_SECOND = 100;

  @Override
  public String name() {
    return "footprint";
  }

  @Override
  public String description() {
    return "One campaign at 1,000/s; audience=100000: bytes of disk a message by schema (webhooks"
        + " are kept for days, the rest for as long as its campaign), jvm_cpu_s and postgres_cpu_s"
        + " a million messages";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int audience = parameters.integer("audience", 100_000);
    try (Lab lab = Lab.open(Lab.PROMPT_WHATSAPP);
        Api api = lab.api()) {
      lab.herald().prepareFirstLook();
      Campaigns campaigns = Campaigns.of(api);
      String channel = campaigns.firstChannel();
      campaigns.rate(channel, RATE);
      String template = campaigns.template(channel);
      send(campaigns, channel, template, "warm-up", 0, 5000);
      Map<String, Long> before = sizes(lab);
      double jvm = jvmSeconds();
      double postgres = postgresSeconds(lab);
      send(campaigns, channel, template, "measured", 5000, audience);
      Figures figures = new Figures();
      double millions = audience / 1e6;
      jvm = (jvmSeconds() - jvm) / millions;
      postgres = (postgresSeconds(lab) - postgres) / millions;
      sizes(lab)
          .forEach(
              (schema, bytes) ->
                  figures.add(
                      schema + "_bytes", (bytes - before.getOrDefault(schema, 0L)) / audience));
      return figures
          .add("jvm_cpu_s", Math.round(jvm))
          .add("postgres_cpu_s", Math.round(postgres))
          .map();
    }
  }

  private static void send(
      Campaigns campaigns, String channel, String template, String name, int first, int audience) {
    String id = campaigns.draft("Footprint " + name, channel, template);
    campaigns.upload(id, first, audience);
    campaigns.launch(id);
    campaigns.awaitSent(List.of(id), name);
    MainJob.awaitNews(campaigns, id);
  }

  private static Map<String, Long> sizes(Lab lab) throws SQLException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                select n.nspname, sum(pg_total_relation_size(c.oid))
                  from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where c.relkind = 'r'
                   and n.nspname in ('gateway', 'campaign', 'analytics', 'billing')
                 group by n.nspname
                """)) {
      while (rows.next()) {
        sizes.put(rows.getString(1), rows.getLong(2));
      }
    }
    return sizes;
  }

  private static double jvmSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  // Of all its processes that live, those that ended meanwhile included with their parent.
  private static double postgresSeconds(Lab lab) throws SQLException, IOException {
    long server;
    try (Connection connection = lab.bare();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      server = ProcessHandle.of(row.getLong(1)).orElseThrow().parent().orElseThrow().pid();
    }
    double seconds = ticks(server, true);
    for (ProcessHandle child : ProcessHandle.of(server).orElseThrow().children().toList()) {
      seconds += ticks(child.pid(), false);
    }
    return seconds;
  }

  private static double ticks(long pid, boolean withEnded) throws IOException {
    Path file = Path.of("/proc", Long.toString(pid), "stat");
    if (!Files.exists(file)) {
      return 0;
    }
    String[] fields = Files.readString(file).replaceFirst(".*\\) ", "").split(" ");
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    if (withEnded) {
      ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }
    return (double) ticks / TICKS_PER_SECOND;
  }
}
