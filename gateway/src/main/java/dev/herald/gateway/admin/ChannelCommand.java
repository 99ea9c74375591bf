package dev.herald.gateway.admin;

import dev.herald.campaign.v1.ChannelServiceGrpc;
import dev.herald.campaign.v1.CheckChannelRequest;
import dev.herald.campaign.v1.CheckChannelResponse;
import dev.herald.campaign.v1.ListChannelsRequest;
import dev.herald.campaign.v1.ListChannelsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "channel", description = "WhatsApp numbers of the workspace.")
final class ChannelCommand {
  private final Connections connections;
  private final Printer printer;

  ChannelCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(name = "list", description = "Lists the channels.")
  int list() {
    Pages.each(
        token -> {
          ListChannelsResponse page =
              connections.service(
                  ChannelServiceGrpc.getListChannelsMethod(),
                  ListChannelsRequest.newBuilder()
                      .setPageSize(Pages.SIZE)
                      .setPageToken(token)
                      .build(),
                  Connections.DEADLINE);
          page.getChannelsList()
              .forEach(one -> printer.print(one, "%d  %s".formatted(one.getId(), one.getName())));
          return page.getNextPageToken();
        });
    return AdminMain.FINE;
  }

  @Command(
      name = "check",
      description = "Asks WhatsApp whether it accepts the channel's token; exit code 1: no.")
  int check(@Parameters(paramLabel = "CHANNEL_ID") long id) {
    CheckChannelResponse answer =
        connections.service(
            ChannelServiceGrpc.getCheckChannelMethod(),
            CheckChannelRequest.newBuilder().setChannelId(id).build(),
            Connections.DEADLINE);
    printer.print(
        answer,
        "channel %d: %s%s"
            .formatted(
                id,
                answer.getHealthy() ? "healthy" : "NOT HEALTHY",
                answer.getMessage().isEmpty() ? "" : ", " + answer.getMessage()));
    return answer.getHealthy() ? AdminMain.FINE : AdminMain.WRONG;
  }
}
