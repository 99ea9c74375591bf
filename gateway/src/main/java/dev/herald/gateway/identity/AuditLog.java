package dev.herald.gateway.identity;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who did what in a workspace. Entries are never changed. */
public final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final int MAX_TEXT = 500;

  private final Jdbi jdbi;

  /** One entry. */
  public record AuditRow(
      long id,
      Instant time,
      String actor,
      String action,
      String target,
      String address,
      String requestId) {}

  public AuditLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Notes what was done. What was done stays done when the note cannot be written; the log then has
   * it.
   */
  public void record(Actor actor, String action, String target) {
    record(
        actor.workspace(),
        actor.principal().subject(),
        action,
        target,
        actor.address(),
        actor.requestId());
  }

  /** Notes what Herald did by itself. */
  public void recordOwn(long workspace, String action, String target) {
    record(workspace, "herald", action, target, "", "");
  }

  void record(
      long workspace,
      String actor,
      String action,
      String target,
      String address,
      String requestId) {
    try {
      jdbi.useHandle(
          handle ->
              handle
                  .createUpdate(
                      """
                      insert into audit_entry (workspace_id, actor, action, target, address, request_id)
                      values (:workspace, :actor, :action, :target, :address, :requestId)
                      """)
                  .bind("workspace", workspace)
                  .bind("actor", shortened(actor))
                  .bind("action", action)
                  .bind("target", shortened(target))
                  .bind("address", address)
                  .bind("requestId", requestId)
                  .execute());
    } catch (RuntimeException e) {
      log.error(
          "Audit entry could not be stored workspace={} action={} target={} request_id={}",
          workspace,
          action,
          target,
          requestId,
          e);
    }
  }

  /** Newest first; {@code before} is the last id of the page before, or the largest long. */
  public List<AuditRow> list(long workspace, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select id, time, actor, action, target, address, request_id
                    from audit_entry where workspace_id = :workspace and id < :before
                    order by id desc limit :limit
                    """)
                .bind("workspace", workspace)
                .bind("before", before)
                .bind("limit", limit)
                .map(ConstructorMapper.of(AuditRow.class))
                .list());
  }

  // An invisible or line-breaking character must not forge a second entry in what people read.
  private static String shortened(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= MAX_TEXT ? plain : plain.substring(0, MAX_TEXT);
  }
}
