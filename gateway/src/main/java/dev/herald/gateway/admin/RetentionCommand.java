package dev.herald.gateway.admin;

import dev.herald.analytics.v1.RetentionServiceGrpc;
import dev.herald.analytics.v1.RunRetentionRequest;
import dev.herald.analytics.v1.RunRetentionResponse;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

@Command(name = "retention", description = "How long single messages are kept.")
final class RetentionCommand {
  private final Connections connections;
  private final Printer printer;

  RetentionCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(
      name = "run",
      description = {
        "Removes the single messages that are older than HERALD_MESSAGE_RETENTION now, not only at"
            + " the",
        "next hour; the figures of their campaigns stay. With the service secret."
      })
  int run() {
    RunRetentionResponse done =
        connections.analyticsAsOperator(
            RetentionServiceGrpc.getRunRetentionMethod(),
            RunRetentionRequest.getDefaultInstance(),
            Connections.LONG_DEADLINE);
    printer.print(
        done,
        "%d blocks of up to 4,096 messages older than %d days removed"
            .formatted(
                done.getRemovedBlocks(), TimeUnit.SECONDS.toDays(done.getKept().getSeconds())));
    return AdminMain.FINE;
  }
}
