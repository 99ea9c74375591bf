package dev.herald.benchmarks;

import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.analytics.v1.EvidenceServiceGrpc.EvidenceServiceBlockingStub;
import dev.herald.billing.v1.ReservationServiceGrpc;
import dev.herald.billing.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.grpc.GrpcClients;
import dev.herald.standalone.Api;
import dev.herald.standalone.Herald;
import dev.herald.standalone.StandaloneConfig;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** A Herald of its own on free ports in a temporary folder, gone when closed. */
final class Lab implements AutoCloseable {
  /**
   * A WhatsApp that tells of every message, and soon: figures are then final at a definite moment.
   */
  static final Map<String, String> PROMPT_WHATSAPP =
      Map.of(
          "HERALD_SIMULATOR_TIME_SCALE", "0.02",
          "HERALD_SIMULATOR_SILENCE_RATE", "0",
          "HERALD_SIMULATOR_ANSWER_LATENCY", "20ms");

  private final Path folder;
  private final Herald herald;
  private final ServiceTokens tokens;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private Lab(Path folder, Herald herald) {
    this.folder = folder;
    this.herald = herald;
    this.tokens = new ServiceTokens(herald.serviceSecret(), "benchmark");
  }

  static Lab open(Map<String, String> overrides) throws IOException {
    Path folder = Files.createTempDirectory("herald-benchmark");
    return new Lab(
        folder, Herald.start(new StandaloneConfig(folder, 0, 0, 0, 0, 0, "", overrides)));
  }

  Herald herald() {
    return herald;
  }

  Api api() {
    return new Api(herald.address(), herald.apiKey());
  }

  /** The workspace of the installation's first key. */
  long workspaceId() {
    try (Api api = api()) {
      return api.get("workspace").path("id").asLong();
    }
  }

  EvidenceServiceBlockingStub evidence() {
    return EvidenceServiceGrpc.newBlockingStub(channel(herald.ports().analytics()));
  }

  ReservationServiceBlockingStub reservations() {
    return ReservationServiceGrpc.newBlockingStub(channel(herald.ports().billing()));
  }

  ManagedChannel channel(int port) {
    return owning(GrpcClients.channel("127.0.0.1:" + port, tokens.asCredentials()));
  }

  /** Closes the channel together with everything else. */
  ManagedChannel owning(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  /**
   * A connection past all services, for bare tables to compare with; PostgreSQL's durability
   * unchanged.
   */
  Connection bare() throws SQLException {
    return herald.superuser();
  }

  static PGConnection postgres(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class);
  }

  @Override
  public void close() throws IOException {
    channels.forEach(ManagedChannel::shutdownNow);
    herald.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
