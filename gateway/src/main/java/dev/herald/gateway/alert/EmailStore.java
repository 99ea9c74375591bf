package dev.herald.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Who gets alerts by e-mail, and the messages on their way. */
final class EmailStore {
  private static final RowMapper<Email> EMAIL = ConstructorMapper.of(Email.class);
  private static final RowMapper<Failure> FAILURE = ConstructorMapper.of(Failure.class);
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final Jdbi jdbi;

  /** Who gets which; no kinds: all. */
  record Readers(List<String> emails, List<AlertKind> kinds) {
    static final Readers NOBODY = new Readers(List.of(), List.of());

    boolean want(AlertKind kind) {
      return kind == AlertKind.TEST || kinds.isEmpty() || kinds.contains(kind);
    }
  }

  /** One message to one address, taken for this attempt. */
  record Email(long workspaceId, long alertId, String address, int attempts) {}

  /** Why a message was given up. */
  record Failure(String error, Instant time) {}

  EmailStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Readers readers(Handle handle, long workspace) {
    return handle
        .createQuery("select emails, kinds from alert_settings where workspace_id = :workspace")
        .bind("workspace", workspace)
        .map(
            (row, context) ->
                new Readers(
                    List.of((String[]) row.getArray("emails").getArray()),
                    List.of((String[]) row.getArray("kinds").getArray()).stream()
                        .map(AlertKind::valueOf)
                        .toList()))
        .findOne()
        .orElse(Readers.NOBODY);
  }

  void put(long workspace, Readers readers) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    insert into alert_settings (workspace_id, emails, kinds)
                    values (:workspace, :emails, :kinds)
                    on conflict (workspace_id)
                    do update set emails = excluded.emails, kinds = excluded.kinds
                    """)
                .bind("workspace", workspace)
                .bindArray("emails", String.class, readers.emails())
                .bindArray("kinds", String.class, readers.kinds().stream().map(Enum::name).toList())
                .execute());
  }

  void queue(Handle tx, long workspace, long alert, Collection<String> addresses, Duration tried) {
    var batch =
        tx.prepareBatch(
            """
            insert into alert_email (workspace_id, alert_id, address, expire_time)
            values (:workspace, :alert, :address, now() + make_interval(secs => :tried))
            """);
    for (String address : addresses) {
      batch
          .bind("workspace", workspace)
          .bind("alert", alert)
          .bind("address", address)
          .bind("tried", tried.toSeconds())
          .add();
    }
    if (batch.size() > 0) {
      batch.execute();
    }
  }

  /** Takes what is due, oldest first; nobody else takes it until the lease has run out. */
  List<Email> claim(int most, Duration lease) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    with due as (
                      select workspace_id, alert_id, address from alert_email
                       where state = 'PENDING' and next_time <= now()
                       order by next_time limit :most for update skip locked)
                    update alert_email e
                       set attempts = attempts + 1,
                           next_time = now() + make_interval(secs => :lease)
                      from due
                     where (e.workspace_id, e.alert_id, e.address)
                           = (due.workspace_id, due.alert_id, due.address)
                    returning e.workspace_id, e.alert_id, e.address, e.attempts
                    """)
                .bind("most", most)
                .bind("lease", lease.toSeconds())
                .map(EMAIL)
                .list());
  }

  void sent(Email email) {
    finish(email, "SENT", Duration.ZERO, "");
  }

  /** Tries again after the wait, unless it has been tried long enough. */
  void failed(Email email, boolean forGood, Duration wait, String error) {
    finish(email, forGood ? "FAILED" : "PENDING", wait, error);
  }

  private void finish(Email email, String state, Duration wait, String error) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update alert_email
                       set state = case when :state = 'PENDING' and expire_time <= now()
                                        then 'FAILED' else :state end,
                           next_time = now() + make_interval(secs => :wait),
                           error = :error
                     where workspace_id = :workspace and alert_id = :alert and address = :address
                       and state = 'PENDING' and attempts = :attempts
                    """)
                .bind("state", state)
                .bind("wait", wait.toMillis() / 1000.0)
                .bind("error", error)
                .bind("workspace", email.workspaceId())
                .bind("alert", email.alertId())
                .bind("address", email.address())
                .bind("attempts", email.attempts())
                .execute());
  }

  /** The newest message of the last days that was given up. */
  Optional<Failure> lastFailure(long workspace) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select error, next_time as time from alert_email
                     where workspace_id = :workspace and state = 'FAILED'
                       and next_time > now() - make_interval(secs => :age)
                     order by next_time desc limit 1
                    """)
                .bind("workspace", workspace)
                .bind("age", REMEMBERED.toSeconds())
                .map(FAILURE)
                .findOne());
  }
}
