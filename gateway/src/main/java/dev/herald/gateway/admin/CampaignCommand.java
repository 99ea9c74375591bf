package dev.herald.gateway.admin;

import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.analytics.v1.GetCampaignAnalyticsRequest;
import dev.herald.analytics.v1.ReconcileCampaignRequest;
import dev.herald.analytics.v1.ReconcileCampaignResponse;
import dev.herald.billing.v1.CampaignCost;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.ListCampaignsRequest;
import dev.herald.campaign.v1.ListCampaignsResponse;
import dev.herald.gateway.api.Exports;
import dev.herald.gateway.api.ProtoJson;
import dev.herald.runtime.HeraldException;
import io.grpc.Context;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "campaign", description = "Campaigns of the workspace.")
final class CampaignCommand {
  private static final long EXPORT_HOURS = 6;

  private final Connections connections;
  private final Printer printer;

  CampaignCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(name = "list", description = "Lists the campaigns, newest first.")
  int list() {
    Pages.each(
        token -> {
          ListCampaignsResponse page = campaigns(token);
          page.getCampaignsList()
              .forEach(
                  one ->
                      printer.print(
                          one,
                          "%d  %s  %s".formatted(one.getId(), one.getStatus(), one.getName())));
          return page.getNextPageToken();
        });
    return AdminMain.FINE;
  }

  @Command(
      name = "reconcile",
      description = {
        "Recounts each campaign from its messages and compares what was sent with what was"
            + " charged.",
        "Exit code 1: something differs."
      })
  int reconcile(
      @Parameters(paramLabel = "CAMPAIGN_ID", arity = "0..*", description = "None: all.")
          List<Long> ids) {
    int[] counts = new int[2];
    if (ids != null && !ids.isEmpty()) {
      ids.forEach(id -> counts[reconcile(id) ? 0 : 1]++);
    } else {
      Pages.each(
          token -> {
            ListCampaignsResponse page = campaigns(token);
            page.getCampaignsList().stream()
                .map(Campaign::getId)
                .forEach(id -> counts[reconcile(id) ? 0 : 1]++);
            return page.getNextPageToken();
          });
    }
    printer.remark(
        "%d campaigns reconciled, %d with differences".formatted(counts[0] + counts[1], counts[1]));
    return counts[1] == 0 ? AdminMain.FINE : AdminMain.WRONG;
  }

  @Command(
      name = "export",
      description = "Writes the recipients with their outcome as CSV, while it is read.")
  int export(
      @Parameters(paramLabel = "CAMPAIGN_ID") long id,
      @Option(names = "--to", description = "A new file; without it, standard output.")
          Optional<Path> file)
      throws Exception {
    ExportMessagesRequest request = ExportMessagesRequest.newBuilder().setCampaignId(id).build();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Context.CancellableContext limited =
            Context.current().withDeadlineAfter(EXPORT_HOURS, TimeUnit.HOURS, timer)) {
      limited.call(
          () -> {
            Exports.messages(
                connections.services(), connections.operator(), request, () -> open(file));
            return id;
          });
      timer.shutdownNow();
    }
    file.ifPresent(
        path ->
            printer.print(
                Printer.json("campaignId", Long.toString(id), "file", path.toString()),
                "campaign %d is in %s".formatted(id, path)));
    return AdminMain.FINE;
  }

  private OutputStream open(Optional<Path> file) throws java.io.IOException {
    return file.isPresent()
        ? new BufferedOutputStream(
            Files.newOutputStream(file.get(), java.nio.file.StandardOpenOption.CREATE_NEW))
        : printer.out();
  }

  private ListCampaignsResponse campaigns(String token) {
    return connections.service(
        CampaignServiceGrpc.getListCampaignsMethod(),
        ListCampaignsRequest.newBuilder().setPageSize(Pages.SIZE).setPageToken(token).build(),
        Connections.DEADLINE);
  }

  // Nothing for a campaign that never had money.
  private CampaignCost cost(long id) {
    CampaignAnalytics found =
        connections
            .service(
                CampaignAnalyticsServiceGrpc.getGetCampaignAnalyticsMethod(),
                GetCampaignAnalyticsRequest.newBuilder().setCampaignId(id).build(),
                Connections.DEADLINE)
            .getAnalytics();
    if (found.getCostUnavailable()) {
      throw HeraldException.unavailable(
          "BILLING_UNAVAILABLE", "Billing does not answer just now. Try again.");
    }
    return found.getCost();
  }

  private boolean reconcile(long id) {
    ReconcileCampaignResponse report =
        connections.service(
            CampaignAnalyticsServiceGrpc.getReconcileCampaignMethod(),
            ReconcileCampaignRequest.newBuilder().setCampaignId(id).build(),
            Connections.LONG_DEADLINE);
    CampaignCost cost = cost(id);
    printer.print(
        "{\"campaignId\":\"%d\",\"report\":%s,\"cost\":%s}"
            .formatted(id, ProtoJson.print(report), ProtoJson.print(cost)),
        "campaign %d: %s, %d messages checked, %d sent, charged %d micros"
            .formatted(
                id,
                report.getExact() ? "exact" : "DIFFERENCES",
                report.getMessagesChecked(),
                report.getRecomputed().getSent(),
                cost.getCharged().getMicros()));
    report.getDifferencesList().forEach(difference -> printer.remark("  " + difference));
    return report.getExact();
  }
}
