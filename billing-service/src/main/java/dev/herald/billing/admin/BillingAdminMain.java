package dev.herald.billing.admin;

import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.runtime.access.ServiceTokens;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import dev.herald.runtime.grpc.ChannelSecurity;
import dev.herald.runtime.grpc.GrpcClients;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.List;

/**
 * Proves the books from the command line: {@code audit [--json] [WORKSPACE_ID…]}; without a
 * workspace, of all. Speaks gRPC to the billing service. Exit code 0: exact; 1: a difference was
 * found; 2: it could not be told.
 */
public final class BillingAdminMain {
  private static final int CANNOT_TELL = 2;

  private BillingAdminMain() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), Settings.ofEnvironment()));
  }

  private static int run(List<String> arguments, Settings settings) {
    if (arguments.isEmpty() || !arguments.getFirst().equals("audit")) {
      System.err.println("usage: audit [--json] [WORKSPACE_ID…]");
      return CANNOT_TELL;
    }
    try {
      AuditCommand command = AuditCommand.of(arguments.subList(1, arguments.size()));
      ManagedChannel channel =
          GrpcClients.channel(
              settings.string(
                  "HERALD_BILLING_TARGET", "127.0.0.1:9103", "gRPC target of billing-service."),
              ChannelSecurity.from(settings),
              new ServiceTokens(
                      settings.secret(
                          ServiceTokens.SETTING,
                          "Secret that all services share, at least 32 bytes."),
                      "billing-admin")
                  .asCredentials());
      try {
        return command.run(OperatorServiceGrpc.newBlockingStub(channel), System.out);
      } finally {
        channel.shutdownNow();
      }
    } catch (SettingException | IllegalArgumentException | StatusRuntimeException e) {
      System.err.println(e.getMessage());
      return CANNOT_TELL;
    }
  }
}
