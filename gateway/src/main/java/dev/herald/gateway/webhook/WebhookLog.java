package dev.herald.gateway.webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The webhook log: raw bodies by day, and the list of those still to be applied. */
final class WebhookLog {
  private static final Logger log = LoggerFactory.getLogger(WebhookLog.class);
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final String PARTITION = "webhook_log_";
  private static final int DAYS_AHEAD = 3;

  /** How often an applier may die over a body before it is set aside. */
  private static final int MOST_ATTEMPTS = 2;

  private final Jdbi jdbi;

  /** A body as received. {@code channelId} is 0 for the operator's app. */
  record Received(long channelId, byte[] body) {}

  /** A body to be applied. {@code failures} counts how often a service choked on it. */
  record Claimed(long id, Instant receiveTime, long channelId, int failures, byte[] body) {}

  WebhookLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Appends bodies; when this returns they survive a crash. */
  void append(List<Received> bodies) {
    jdbi.useHandle(handle -> append(handle, bodies));
  }

  void append(Handle handle, List<Received> bodies) {
    handle
        .createUpdate(
            """
            with logged as (
              insert into webhook_log (channel_id, body)
              select channel_id, body from unnest(:channels, :bodies) as received (channel_id, body)
              returning id, receive_time, octet_length(body) as bytes)
            insert into webhook_pending (id, receive_time, bytes)
            select id, receive_time, bytes from logged
            """)
        .bind("channels", bodies.stream().mapToLong(Received::channelId).toArray())
        .bind("bodies", bodies.stream().map(Received::body).toArray(byte[][]::new))
        .execute();
  }

  /**
   * Takes bodies to apply, oldest first, and counts the attempt before anything is parsed. Nobody
   * else takes them until the lease has run out.
   *
   * @param attempts how often they have been begun before: 0 for those in good standing
   */
  List<Claimed> claim(int attempts, int most, int mostBytes, Duration lease) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    with due as (
                      select id, next_time, bytes from webhook_pending
                      where next_time <= now() and attempts = :attempts
                      order by next_time, id limit :most
                      for update skip locked),
                    batch as (
                      select id from (
                        select id, sum(bytes) over (order by next_time, id) - bytes as before from due
                      ) as summed
                      where before < :mostBytes),
                    claimed as (
                      update webhook_pending p
                      set attempts = p.attempts + 1,
                          next_time = now() + make_interval(secs => :lease)
                      from batch where p.id = batch.id
                      returning p.id, p.receive_time, p.failures)
                    select l.id, l.receive_time, l.channel_id, c.failures, l.body
                    from claimed c
                    join webhook_log l on l.receive_time = c.receive_time and l.id = c.id
                    order by l.id
                    """)
                .bind("attempts", attempts)
                .bind("most", most)
                .bind("mostBytes", mostBytes)
                .bind("lease", lease.toSeconds())
                .map(ConstructorMapper.of(Claimed.class))
                .list());
  }

  /** These have been applied in full. */
  void applied(Handle handle, List<Long> ids) {
    handle
        .createUpdate("delete from webhook_pending where id = any (:ids)")
        .bind("ids", ids.stream().mapToLong(Long::longValue).toArray())
        .execute();
  }

  /** These could not be applied yet, through no fault of theirs. */
  void held(Handle handle, List<Long> ids, Duration delay) {
    handle
        .createUpdate(
            """
            update webhook_pending
            set attempts = 0, next_time = now() + make_interval(secs => :delay)
            where id = any (:ids)
            """)
        .bind("delay", delay.toMillis() / 1000.0)
        .bind("ids", ids.stream().mapToLong(Long::longValue).toArray())
        .execute();
  }

  /** A service answered, but failed over this one. */
  void failed(Handle handle, long id, Duration delay) {
    handle
        .createUpdate(
            """
            update webhook_pending
            set attempts = 0, failures = failures + 1,
                next_time = now() + make_interval(secs => :delay)
            where id = :id
            """)
        .bind("delay", delay.toMillis() / 1000.0)
        .bind("id", id)
        .execute();
  }

  /** Sets aside bodies over which an applier has died twice. */
  int park(QuarantineStore quarantine) {
    return jdbi.inTransaction(
        handle -> {
          List<Claimed> killers =
              handle
                  .createQuery(
                      """
                      with parked as (
                        delete from webhook_pending
                        where id in (
                          select id from webhook_pending
                          where attempts >= :most and next_time <= now()
                          order by id limit 100 for update skip locked)
                        returning id, receive_time, failures)
                      select l.id, l.receive_time, l.channel_id, p.failures, l.body
                      from parked p
                      join webhook_log l on l.receive_time = p.receive_time and l.id = p.id
                      """)
                  .bind("most", MOST_ATTEMPTS)
                  .map(ConstructorMapper.of(Claimed.class))
                  .list();
          quarantine.insert(
              handle,
              killers.stream()
                  .map(
                      body ->
                          Fault.ofBody(
                              body, "PARKED", "The applier ended twice while it worked on this."))
                  .toList());
          return killers.size();
        });
  }

  /** How many bodies wait, counted up to a limit. */
  long pending(long limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select count(*) from (select 1 from webhook_pending limit :limit) as waiting")
                .bind("limit", limit)
                .mapTo(Long.class)
                .one());
  }

  /** How long the oldest has been waiting. */
  Duration lag() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select min(receive_time) from webhook_pending")
                .mapTo(Instant.class)
                .findOne()
                .map(oldest -> Duration.between(oldest, Instant.now()))
                .filter(lag -> !lag.isNegative())
                .orElse(Duration.ZERO));
  }

  /**
   * Makes the partitions of the coming days and drops those older than {@code retention} with
   * nothing left to apply.
   */
  void maintainPartitions(Duration retention) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    jdbi.useTransaction(
        handle -> {
          handle.execute("select pg_advisory_xact_lock(hashtext('herald.webhook-partitions'))");
          for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
            create(handle, today.plusDays(ahead));
          }
        });
    for (LocalDate day : days()) {
      if (day.isBefore(today.minusDays(retention.toDays()))) {
        drop(day);
      }
    }
  }

  // Days are ours, never a stranger's: they may stand in the statement.
  private static void create(Handle handle, LocalDate day) {
    boolean strays =
        handle
            .createQuery(
                """
                select exists (select 1 from webhook_log_other
                               where receive_time >= :day and receive_time < :next)
                """)
            .bind("day", day.atStartOfDay(ZoneOffset.UTC).toInstant())
            .bind("next", day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant())
            .mapTo(Boolean.class)
            .one();
    if (strays) {
      // The day's bodies lie in the default partition and stay there; everything works, only
      // dropping does not.
      log.warn("A day of the webhook log has no partition of its own day={}", day);
      return;
    }
    handle.execute(
        "create table if not exists %s%s partition of webhook_log for values from ('%s') to ('%s')"
            .formatted(PARTITION, DAY.format(day), day, day.plusDays(1)));
  }

  private List<LocalDate> days() {
    return jdbi
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        select child.relname from pg_inherits i
                        join pg_class child on child.oid = i.inhrelid
                        where i.inhparent = 'webhook_log'::regclass
                          and child.relname ~ '^webhook_log_[0-9]{8}$'
                        order by child.relname
                        """)
                    .mapTo(String.class)
                    .list())
        .stream()
        .map(name -> LocalDate.parse(name.substring(PARTITION.length()), DAY))
        .toList();
  }

  private void drop(LocalDate day) {
    jdbi.useTransaction(
        handle -> {
          boolean waiting =
              handle
                  .createQuery(
                      """
                      select exists (select 1 from webhook_pending
                                     where receive_time >= :day and receive_time < :next)
                      """)
                  .bind("day", day.atStartOfDay(ZoneOffset.UTC).toInstant())
                  .bind("next", day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant())
                  .mapTo(Boolean.class)
                  .one();
          if (!waiting) {
            handle.execute("drop table if exists " + PARTITION + DAY.format(day));
            log.info("Webhooks dropped after their time day={}", day);
          }
        });
  }
}
