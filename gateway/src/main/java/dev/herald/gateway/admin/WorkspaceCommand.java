package dev.herald.gateway.admin;

import dev.herald.gateway.v1.CreateWorkspaceRequest;
import dev.herald.gateway.v1.CreateWorkspaceResponse;
import dev.herald.gateway.v1.ListWorkspacesRequest;
import dev.herald.gateway.v1.ListWorkspacesResponse;
import dev.herald.gateway.v1.WorkspaceServiceGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "workspace", description = "Tenants; with a key of the operator's workspace.")
final class WorkspaceCommand {
  private final Connections connections;
  private final Printer printer;

  WorkspaceCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(name = "create", description = "Makes a workspace and invites its first owner.")
  int create(
      @Option(names = "--name", required = true) String name,
      @Option(names = "--time-zone", required = true, description = "E.g. Asia/Kolkata.")
          String timeZone,
      @Option(names = "--currency", required = true, description = "ISO 4217, for good.")
          String currency,
      @Option(names = "--owner-email", required = true) String email,
      @Option(names = "--owner-name", defaultValue = "") String ownerName,
      @Option(
              names = "--request-id",
              defaultValue = "",
              description = "The same id makes the same workspace once.")
          String requestId) {
    CreateWorkspaceResponse made =
        connections.gateway(
            WorkspaceServiceGrpc.getCreateWorkspaceMethod(),
            CreateWorkspaceRequest.newBuilder()
                .setName(name)
                .setTimeZone(timeZone)
                .setCurrency(currency)
                .setOwnerEmail(email)
                .setOwnerName(ownerName)
                .setRequestId(requestId)
                .build());
    printer.print(
        made,
        "workspace %d made; its owner signs in once by %s"
            .formatted(made.getWorkspace().getId(), made.getSignInLink()));
    return AdminMain.FINE;
  }

  @Command(name = "list", description = "Lists all workspaces, oldest first.")
  int list() {
    Pages.each(
        token -> {
          ListWorkspacesResponse page =
              connections.gateway(
                  WorkspaceServiceGrpc.getListWorkspacesMethod(),
                  ListWorkspacesRequest.newBuilder()
                      .setPageSize(Pages.SIZE)
                      .setPageToken(token)
                      .build());
          page.getWorkspacesList()
              .forEach(
                  one ->
                      printer.print(
                          one,
                          "%d  %s  %s  %s"
                              .formatted(
                                  one.getId(),
                                  one.getName(),
                                  one.getTimeZone(),
                                  one.getCurrency())));
          return page.getNextPageToken();
        });
    return AdminMain.FINE;
  }
}
