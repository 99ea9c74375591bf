package dev.herald.gateway.admin;

import com.google.protobuf.util.Timestamps;
import dev.herald.gateway.v1.ApiKey;
import dev.herald.gateway.v1.CreateApiKeyRequest;
import dev.herald.gateway.v1.CreateApiKeyResponse;
import dev.herald.gateway.v1.DeleteApiKeyRequest;
import dev.herald.gateway.v1.IdentityServiceGrpc;
import dev.herald.gateway.v1.ListApiKeysRequest;
import dev.herald.gateway.v1.ListApiKeysResponse;
import dev.herald.gateway.v1.MemberRole;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "key", description = "API keys of the workspace; with an owner's key.")
final class KeyCommand {
  private final Connections connections;
  private final Printer printer;

  /** What a key may be for. */
  enum KeyRole {
    VIEWER,
    OPERATOR,
    OWNER
  }

  KeyCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(name = "create", description = "Makes a key and prints its secret, once.")
  int create(
      @Option(names = "--name", required = true) String name,
      @Option(names = "--role", required = true, description = "${COMPLETION-CANDIDATES}")
          KeyRole role,
      @Option(names = "--days", defaultValue = "0", description = "Good for so long; 0: for ever.")
          int days,
      @Option(
              names = "--request-id",
              defaultValue = "",
              description = "The same id makes the same key once.")
          String requestId) {
    CreateApiKeyRequest.Builder request =
        CreateApiKeyRequest.newBuilder()
            .setName(name)
            .setRole(MemberRole.valueOf(role.name()))
            .setRequestId(requestId);
    if (days != 0) {
      Instant end = Instant.now().plus(Duration.ofDays(days));
      request.setExpireTime(Timestamps.fromMillis(end.toEpochMilli()));
    }
    CreateApiKeyResponse made =
        connections.gateway(IdentityServiceGrpc.getCreateApiKeyMethod(), request.build());
    printer.print(made, "key %d: %s".formatted(made.getApiKey().getId(), made.getSecret()));
    return AdminMain.FINE;
  }

  @Command(name = "list", description = "Lists keys, newest first; never their secrets.")
  int list(@Option(names = "--with-revoked") boolean withRevoked) {
    Pages.each(
        token -> {
          ListApiKeysResponse page =
              connections.gateway(
                  IdentityServiceGrpc.getListApiKeysMethod(),
                  ListApiKeysRequest.newBuilder()
                      .setPageSize(Pages.SIZE)
                      .setPageToken(token)
                      .setWithRevoked(withRevoked)
                      .build());
          page.getApiKeysList().forEach(key -> printer.print(key, words(key)));
          return page.getNextPageToken();
        });
    return AdminMain.FINE;
  }

  @Command(name = "revoke", description = "Revokes a key at once.")
  int revoke(@Parameters(paramLabel = "KEY_ID") long id) {
    var answer =
        connections.gateway(
            IdentityServiceGrpc.getDeleteApiKeyMethod(),
            DeleteApiKeyRequest.newBuilder().setApiKeyId(id).build());
    printer.print(answer, "key " + id + " is revoked");
    return AdminMain.FINE;
  }

  private static String words(ApiKey key) {
    return "%d  %s…  %s  %s%s"
        .formatted(
            key.getId(),
            key.getPrefix(),
            key.getRole(),
            key.getName(),
            key.hasRevokeTime() ? "  revoked" : "");
  }
}
