package dev.herald.billing.admin;

import com.google.protobuf.util.JsonFormat;
import dev.herald.billing.v1.AuditWalletRequest;
import dev.herald.billing.v1.AuditWalletResponse;
import dev.herald.billing.v1.ListWalletsRequest;
import dev.herald.billing.v1.ListWalletsResponse;
import dev.herald.billing.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Audits wallets one after the other and prints a line for each, and every difference.
 *
 * @param workspaces empty: all
 * @param json one JSON object a line instead of words
 */
record AuditCommand(List<Long> workspaces, boolean json) {
  private static final int PAGE = 1000;
  private static final long MINUTES = 15;

  static AuditCommand of(List<String> arguments) {
    List<Long> workspaces = new ArrayList<>();
    boolean json = false;
    for (String argument : arguments) {
      if (argument.equals("--json")) {
        json = true;
      } else if (argument.matches("[1-9][0-9]{0,18}")) {
        workspaces.add(Long.valueOf(argument));
      } else {
        throw new IllegalArgumentException("Not the id of a workspace: " + argument);
      }
    }
    return new AuditCommand(workspaces, json);
  }

  /** 0 if every wallet is exact, 1 if one is not. */
  int run(OperatorServiceBlockingStub billing, PrintStream out) {
    List<Long> asked = workspaces.isEmpty() ? all(billing) : workspaces;
    int wrong = 0;
    for (long workspace : asked) {
      AuditWalletResponse report =
          billing
              .withDeadlineAfter(MINUTES, TimeUnit.MINUTES)
              .auditWallet(AuditWalletRequest.newBuilder().setWorkspaceId(workspace).build());
      wrong += report.getExact() ? 0 : 1;
      print(workspace, report, out);
    }
    if (!json) {
      out.printf("%d wallets audited, %d with differences%n", asked.size(), wrong);
    }
    return wrong == 0 ? 0 : 1;
  }

  private void print(long workspace, AuditWalletResponse report, PrintStream out) {
    if (json) {
      out.printf("{\"workspaceId\":\"%d\",\"report\":%s}%n", workspace, json(report));
      return;
    }
    out.printf(
        "workspace %d: %s, %d entries, debits %d = credits %d %s micros%n",
        workspace,
        report.getExact() ? "exact" : "DIFFERENCES",
        report.getEntriesChecked(),
        report.getDebits().getMicros(),
        report.getCredits().getMicros(),
        report.getDebits().getCurrency());
    report.getDifferencesList().forEach(difference -> out.println("  " + difference));
  }

  private static String json(AuditWalletResponse report) {
    try {
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .alwaysPrintFieldsWithNoPresence()
          .print(report);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException("A report without Any always has a JSON form.", e);
    }
  }

  private static List<Long> all(OperatorServiceBlockingStub billing) {
    List<Long> workspaces = new ArrayList<>();
    String token = "";
    do {
      ListWalletsResponse page =
          billing
              .withDeadlineAfter(MINUTES, TimeUnit.MINUTES)
              .listWallets(
                  ListWalletsRequest.newBuilder().setPageSize(PAGE).setPageToken(token).build());
      page.getWalletsList().forEach(one -> workspaces.add(one.getWorkspaceId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return workspaces;
  }
}
