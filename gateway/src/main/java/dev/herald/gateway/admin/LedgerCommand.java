package dev.herald.gateway.admin;

import dev.herald.billing.v1.AdjustWalletRequest;
import dev.herald.billing.v1.AdjustWalletResponse;
import dev.herald.billing.v1.AuditLedgerRequest;
import dev.herald.billing.v1.AuditLedgerResponse;
import dev.herald.billing.v1.AuditWalletRequest;
import dev.herald.billing.v1.AuditWalletResponse;
import dev.herald.billing.v1.ListWalletsRequest;
import dev.herald.billing.v1.ListWalletsResponse;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.OperatorServiceGrpc;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.gateway.api.ProtoJson;
import dev.herald.runtime.HeraldException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ledger", description = "Money.")
final class LedgerCommand {
  private static final int MICROS = 6;

  private final Connections connections;
  private final Printer printer;

  LedgerCommand(Connections connections, Printer printer) {
    this.connections = connections;
    this.printer = printer;
  }

  @Command(
      name = "audit",
      description = {
        "Proves the books from their entries: of the key's workspace, or with the service secret"
            + " of",
        "those named, or of all. Exit code 1: something differs."
      })
  int audit(
      @Parameters(paramLabel = "WORKSPACE_ID", arity = "0..*") List<Long> workspaces,
      @Option(names = "--all", description = "Of all workspaces.") boolean all) {
    List<Long> named = workspaces == null ? List.of() : workspaces;
    if (named.isEmpty() && !all) {
      return own() ? AdminMain.FINE : AdminMain.WRONG;
    }
    List<Long> asked = all ? everyWallet() : named;
    long wrong = asked.stream().filter(id -> !proven(id)).count();
    printer.remark("%d wallets audited, %d with differences".formatted(asked.size(), wrong));
    return wrong == 0 ? AdminMain.FINE : AdminMain.WRONG;
  }

  @Command(
      name = "settle",
      description = {
        "Settles a difference by an entry of its own, with a reason; what was written before"
            + " stays.",
        "With the service secret."
      })
  int settle(
      @Parameters(paramLabel = "WORKSPACE_ID") long workspace,
      @Option(
              names = "--amount",
              required = true,
              description = "E.g. 12.50; below zero takes money out.")
          BigDecimal amount,
      @Option(names = "--currency", required = true, description = "That of the wallet.")
          String currency,
      @Option(names = "--note", required = true, description = "Why; stands in the statement.")
          String note,
      @Option(
              names = "--request-id",
              description = "The same id moves the money once; without it, a new one.")
          String requestId) {
    String id = requestId == null ? UUID.randomUUID().toString() : requestId;
    AdjustWalletRequest request =
        AdjustWalletRequest.newBuilder()
            .setWorkspaceId(workspace)
            .setAmount(Money.newBuilder().setCurrency(currency).setMicros(micros(amount)))
            .setNote(note)
            .setRequestId(id)
            .build();
    AdjustWalletResponse done;
    try {
      done =
          connections.billingAsOperator(
              OperatorServiceGrpc.getAdjustWalletMethod(), request, Connections.DEADLINE);
    } catch (HeraldException e) {
      if (e.kind().isTransient()) {
        throw HeraldException.of(
                e.kind(),
                e.reason(),
                e.message() + " It may have been done: repeat it with --request-id " + id + ".")
            .causedBy(e);
      }
      throw e;
    }
    printer.print(
        done,
        "workspace %d: entry %d, %s %s, %d micros available"
            .formatted(
                workspace,
                done.getEntry().getId(),
                amount.toPlainString(),
                currency,
                done.getWallet().getAvailable().getMicros()));
    return AdminMain.FINE;
  }

  private static long micros(BigDecimal amount) {
    try {
      return amount.movePointRight(MICROS).longValueExact();
    } catch (ArithmeticException e) {
      throw HeraldException.of(
              HeraldException.Kind.INVALID,
              "AMOUNT_INVALID",
              "--amount has at most six decimals and fits a wallet.")
          .causedBy(e);
    }
  }

  private boolean own() {
    AuditLedgerResponse report =
        connections.service(
            StatementServiceGrpc.getAuditLedgerMethod(),
            AuditLedgerRequest.getDefaultInstance(),
            Connections.LONG_DEADLINE);
    printer.print(
        report,
        words(
            report.getExact(),
            report.getEntriesChecked(),
            report.getDebits(),
            report.getCredits()));
    report.getDifferencesList().forEach(difference -> printer.remark("  " + difference));
    return report.getExact();
  }

  private boolean proven(long workspace) {
    AuditWalletResponse report =
        connections.billingAsOperator(
            OperatorServiceGrpc.getAuditWalletMethod(),
            AuditWalletRequest.newBuilder().setWorkspaceId(workspace).build(),
            Connections.LONG_DEADLINE);
    printer.print(
        "{\"workspaceId\":\"%d\",\"report\":%s}".formatted(workspace, ProtoJson.print(report)),
        "workspace %d: ".formatted(workspace)
            + words(
                report.getExact(),
                report.getEntriesChecked(),
                report.getDebits(),
                report.getCredits()));
    report.getDifferencesList().forEach(difference -> printer.remark("  " + difference));
    return report.getExact();
  }

  private List<Long> everyWallet() {
    List<Long> workspaces = new ArrayList<>();
    Pages.each(
        token -> {
          ListWalletsResponse page =
              connections.billingAsOperator(
                  OperatorServiceGrpc.getListWalletsMethod(),
                  ListWalletsRequest.newBuilder()
                      .setPageSize(Pages.SIZE)
                      .setPageToken(token)
                      .build(),
                  Connections.DEADLINE);
          page.getWalletsList().forEach(one -> workspaces.add(one.getWorkspaceId()));
          return page.getNextPageToken();
        });
    return workspaces;
  }

  private static String words(boolean exact, long entries, Money debits, Money credits) {
    return "%s, %d entries, debits %d = credits %d %s micros"
        .formatted(
            exact ? "exact" : "DIFFERENCES",
            entries,
            debits.getMicros(),
            credits.getMicros(),
            debits.getCurrency());
  }
}
