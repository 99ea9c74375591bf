package dev.herald.benchmarks;

import dev.herald.benchmarks.Events.Event;
import dev.herald.runtime.Ids;
import dev.herald.runtime.messagekey.MessageKey;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed webhooks to 200-after-commit over 64 kept-alive connections, against the cheapest request
 * the same server can answer; and with many statuses in a post, against merging the same number of
 * statuses through gRPC.
 */
final class Webhook implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int STATUSES_PER_POST = 100;
  private static final int ROUNDS = 5;
  private static final String PATH = "/webhooks/whatsapp";

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public String description() {
    return "requests=40000 statuses=400000: requests_per_s, ratio_to_healthz, p99_ms;"
        + " batched_statuses_per_s, batched_ratio_to_ingest";
  }

  @Override
  public Map<String, String> run(Parameters parameters) throws Exception {
    int requests = parameters.integer("requests", 40_000);
    int statuses = parameters.integer("statuses", 400_000);
    try (Lab lab = Lab.open(Map.of())) {
      lab.herald().prepareFirstLook();
      long workspaceId = lab.workspaceId();
      Posts posts = new Posts(lab, workspaceId);
      URI address = lab.herald().address();
      byte[] health = request("GET", "/healthz", address, "", new byte[0]);

      load(address, List.of(health), requests / 4, "warm-up healthz");
      load(address, posts.single(requests / 4), requests / 4, "warm-up webhook");
      // They take turns, so that whatever else the machine does hits all alike.
      List<Load> healthz = new ArrayList<>();
      List<Load> single = new ArrayList<>();
      List<Load> batched = new ArrayList<>();
      double ingestSeconds = 0;
      for (int round = 0; round < ROUNDS; round++) {
        awaitApplied(lab);
        healthz.add(load(address, List.of(health), requests / ROUNDS, "healthz"));
        single.add(load(address, posts.single(requests / ROUNDS), requests / ROUNDS, "webhook"));
        awaitApplied(lab);
        ingestSeconds +=
            (double) statuses
                / ROUNDS
                / Ingest.merge(
                    lab,
                    new Events(workspaceId, Ids.next()),
                    Events.sentOnly(0, statuses / ROUNDS, 2000),
                    "ingest");
        List<byte[]> bodies = posts.batched(statuses / ROUNDS, STATUSES_PER_POST);
        batched.add(load(address, bodies, bodies.size(), "batched webhook"));
      }
      double ingest = statuses / ROUNDS * ROUNDS / ingestSeconds;
      double statusesPerSecond = Load.perSecond(batched) * STATUSES_PER_POST;
      return new Figures()
          .add("requests_per_s", Math.round(Load.perSecond(single)))
          .add("ratio_to_healthz", Load.perSecond(single) / Load.perSecond(healthz))
          .add("p99_ms", Figures.percentile(Load.millis(single), 0.99))
          .add("batched_statuses_per_s", Math.round(statusesPerSecond))
          .add("batched_ratio_to_ingest", statusesPerSecond / ingest)
          .map();
    }
  }

  // What is still being applied must not slow down what is measured next.
  private static void awaitApplied(Lab lab) throws SQLException, InterruptedException {
    try (Connection connection = lab.bare();
        PreparedStatement waiting =
            connection.prepareStatement("select count(*) from gateway.webhook_pending")) {
      while (true) {
        try (ResultSet count = waiting.executeQuery()) {
          if (count.next() && count.getLong(1) == 0) {
            return;
          }
        }
        Thread.sleep(50);
      }
    }
  }

  /** Signed webhook posts as WhatsApp sends them, each status about another message. */
  private static final class Posts {
    private final Lab lab;
    private final long workspaceId;
    private final MessageKeyCodec keys;
    private final String phoneNumberId;

    Posts(Lab lab, long workspaceId) {
      this.lab = lab;
      this.workspaceId = workspaceId;
      this.keys = new MessageKeyCodec(lab.herald().messageKeySecret());
      this.phoneNumberId = lab.herald().simulator().phoneNumberId(0);
    }

    List<byte[]> single(int count) throws GeneralSecurityException {
      return batched(count, 1);
    }

    List<byte[]> batched(int statuses, int perPost) throws GeneralSecurityException {
      long campaignId = Ids.next();
      List<byte[]> posts = new ArrayList<>();
      for (List<Event> batch : Events.sentOnly(0, statuses, perPost)) {
        byte[] body = body(campaignId, batch).getBytes(StandardCharsets.UTF_8);
        posts.add(
            request(
                "POST",
                PATH,
                lab.herald().address(),
                "Content-Type: application/json\r\nX-Hub-Signature-256: sha256="
                    + signature(body)
                    + "\r\n",
                body));
      }
      return posts;
    }

    private String body(long campaignId, List<Event> batch) {
      StringBuilder statuses = new StringBuilder();
      for (Event event : batch) {
        String key =
            keys.encode(
                new MessageKey(campaignId, event.ordinal(), "IN", 0), workspaceId, phoneNumberId);
        statuses
            .append(statuses.isEmpty() ? "" : ",")
            .append("{\"id\":\"wamid.")
            .append(event.ordinal())
            .append("\",\"status\":\"sent\",\"timestamp\":\"1790000000\",\"recipient_id\":\"9198")
            .append(10_000_000 + event.ordinal())
            .append("\",\"biz_opaque_callback_data\":\"")
            .append(key)
            .append("\"}");
      }
      return "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":"
                 + "\"messages\",\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{"
                 + "\"display_phone_number\":\"15550100001\",\"phone_number_id\":\""
          + phoneNumberId
          + "\"},\"statuses\":["
          + statuses
          + "]}}]}]}";
    }

    private String signature(byte[] body) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] secret =
          lab.herald().simulator().config().app().appSecret().getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    }
  }

  /** How long a number of requests took, together and each. */
  private record Load(double seconds, double[] millis) {
    static double perSecond(List<Load> loads) {
      return loads.stream().mapToInt(load -> load.millis().length).sum()
          / loads.stream().mapToDouble(Load::seconds).sum();
    }

    static double[] millis(List<Load> loads) {
      return loads.stream().flatMapToDouble(load -> Arrays.stream(load.millis())).toArray();
    }
  }

  private static byte[] request(
      String method, String path, URI address, String headers, byte[] body) {
    byte[] head =
        (method
                + " "
                + path
                + " HTTP/1.1\r\nHost: "
                + address.getAuthority()
                + "\r\n"
                + headers
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /**
   * Sends {@code count} requests, each connection one after the other; all must be answered 200.
   */
  private static Load load(URI address, List<byte[]> requests, int count, String label)
      throws InterruptedException, ExecutionException {
    System.err.printf("%s: %d requests over %d connections%n", label, count, CONNECTIONS);
    double[] millis = new double[count];
    AtomicInteger next = new AtomicInteger();
    long begin = System.nanoTime();
    try (ExecutorService connections = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        running.add(
            connections.submit(
                () -> {
                  connection(address, requests, next, millis);
                  return null;
                }));
      }
      for (Future<?> connection : running) {
        connection.get();
      }
    }
    return new Load((System.nanoTime() - begin) / 1e9, millis);
  }

  private static void connection(
      URI address, List<byte[]> requests, AtomicInteger next, double[] millis) throws IOException {
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (int i = next.getAndIncrement(); i < millis.length; i = next.getAndIncrement()) {
        long begin = System.nanoTime();
        out.write(requests.get(i % requests.size()));
        readAnswer(in);
        millis[i] = (System.nanoTime() - begin) / 1e6;
      }
    }
  }

  private static void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("Answered " + status);
    }
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("The server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
