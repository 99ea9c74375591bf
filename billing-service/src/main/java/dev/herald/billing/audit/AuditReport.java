package dev.herald.billing.audit;

import dev.herald.billing.money.Micros;
import java.util.List;

/**
 * What an audit of one workspace found.
 *
 * @param differences plain sentences; none are expected
 */
public record AuditReport(
    long workspaceId,
    String currency,
    long entriesChecked,
    Micros debits,
    Micros credits,
    List<String> differences) {

  public AuditReport {
    differences = List.copyOf(differences);
  }

  public boolean exact() {
    return differences.isEmpty();
  }
}
