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

/**
 * The webhook log in our own database: raw bodies by day, and the list of those still to be
 * applied. With the log in Kafka it holds what is applied apart from the others: parts out of
 * quarantine, bodies that a service chokes on, and bodies beside which an applier has died.
 */
final class PostgresWebhookLog implements WebhookLog {
  private static final Logger log = LoggerFactory.getLogger(PostgresWebhookLog.class);
  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final String PARTITION = "webhook_log_";
  private static final int DAYS_AHEAD = 3;

  /** How often an applier may die over a body before it is set aside. */
  private static final int MOST_ATTEMPTS = 2;

  private final Jdbi jdbi;

  PostgresWebhookLog(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public void append(List<Received> bodies) {
    jdbi.useHandle(handle -> append(handle, bodies));
  }

  void append(Handle handle, List<Received> bodies) {
    handle
        .createUpdate(
            """
            with logged as (
              insert into webhook_log (channel_id, body, trace)
              select channel_id, body, nullif(trace, '')
                from unnest(:channels, :bodies, :traces) as received (channel_id, body, trace)
              returning id, receive_time, octet_length(body) as bytes)
            insert into webhook_pending (id, receive_time, bytes)
            select id, receive_time, bytes from logged
            """)
        .bind("channels", bodies.stream().mapToLong(Received::channelId).toArray())
        .bind("bodies", bodies.stream().map(Received::body).toArray(byte[][]::new))
        .bindArray("traces", String.class, bodies.stream().map(Received::trace).toList())
        .execute();
  }

  /**
   * Takes over bodies of another log, to be applied apart from the others. One that is here already
   * stays as it is.
   *
   * @param attempts how often an applier has begun without coming back
   * @param delay nobody takes them before
   */
  void takeOver(Handle handle, List<Claimed> bodies, int attempts, Duration delay) {
    if (bodies.isEmpty()) {
      return;
    }
    handle
        .createUpdate(
            """
            with given as (
              select * from unnest(:ids, cast(:times as timestamptz[]), :channels, :failures, :bodies)
                as given (id, receive_time, channel_id, failures, body)),
            logged as (
              insert into webhook_log (id, receive_time, channel_id, body)
              overriding system value
              select id, receive_time, channel_id, body from given
              on conflict do nothing)
            insert into webhook_pending (id, receive_time, bytes, attempts, failures, next_time)
            select id, receive_time, octet_length(body), :attempts, failures,
                   now() + make_interval(secs => :delay)
            from given
            on conflict (id) do nothing
            """)
        .bind("ids", bodies.stream().mapToLong(Claimed::id).toArray())
        .bind(
            "times", bodies.stream().map(it -> it.receiveTime().toString()).toArray(String[]::new))
        .bind("channels", bodies.stream().mapToLong(Claimed::channelId).toArray())
        .bind("failures", bodies.stream().mapToInt(Claimed::failures).toArray())
        .bind("bodies", bodies.stream().map(Claimed::body).toArray(byte[][]::new))
        .bind("attempts", attempts)
        .bind("delay", delay.toMillis() / 1000.0)
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
                    select l.id, l.receive_time, l.channel_id, c.failures, l.body,
                           coalesce(l.trace, '') as trace
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

  /** These are free to be taken at once. */
  void held(List<Long> ids) {
    jdbi.useHandle(handle -> held(handle, ids, Duration.ZERO));
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
                      select l.id, l.receive_time, l.channel_id, p.failures, l.body,
                             coalesce(l.trace, '') as trace
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

  @Override
  public long pending(long limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select count(*) from (select 1 from webhook_pending limit :limit) as waiting")
                .bind("limit", limit)
                .mapTo(Long.class)
                .one());
  }

  @Override
  public Duration lag() {
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
