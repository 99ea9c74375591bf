package dev.herald.campaign.dispatch;

import dev.herald.campaign.channel.ChannelId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Who may dispatch a channel: one row per channel, with an epoch that only grows. */
final class LeaseStore {
  private final Jdbi jdbi;
  private final String owner;
  private final Duration length;

  LeaseStore(Jdbi jdbi, String owner, Duration length) {
    this.jdbi = jdbi;
    this.owner = owner;
    this.length = length;
  }

  /** Takes the channel if nobody has it. A new epoch shuts out whoever had it before. */
  Optional<Lease> acquire(ChannelId channel) {
    long asked = System.nanoTime();
    Optional<Lease> lease =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        insert into channel_lease (channel_id, owner, epoch, expires_at)
                        values (:channel, :owner, 1, now() + make_interval(secs => :seconds))
                        on conflict (channel_id) do update
                           set owner = excluded.owner, epoch = channel_lease.epoch + 1,
                               expires_at = excluded.expires_at
                         where channel_lease.expires_at <= now()
                        returning epoch,
                               coalesce(old.expires_at > now() - interval '1 second', false)
                                 as fresh
                        """)
                    .bind("channel", channel.value())
                    .bind("owner", owner)
                    .bind("seconds", length.toMillis() / 1000.0)
                    .map(
                        (row, context) ->
                            new Lease(channel, row.getLong("epoch"), row.getBoolean("fresh")))
                    .findOne());
    lease.ifPresent(taken -> taken.renewed(asked, length));
    return lease;
  }

  /** Prolongs the leases still held; the others are lost. */
  void renew(Collection<Lease> leases) {
    if (leases.isEmpty()) {
      return;
    }
    long asked = System.nanoTime();
    List<Lease> ordered =
        leases.stream()
            .sorted(java.util.Comparator.comparingLong(lease -> lease.channel().value()))
            .toList();
    Set<Long> held =
        new HashSet<>(
            jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(
                            """
                            update channel_lease l
                               set expires_at = now() + make_interval(secs => :seconds)
                              from unnest(:channels, :epochs) as mine (channel_id, epoch)
                             where l.channel_id = mine.channel_id and l.epoch = mine.epoch
                               and l.owner = :owner
                            returning l.channel_id
                            """)
                        .bindArray(
                            "channels",
                            Long.class,
                            ordered.stream().map(lease -> lease.channel().value()).toList())
                        .bindArray(
                            "epochs", Long.class, ordered.stream().map(Lease::epoch).toList())
                        .bind("owner", owner)
                        .bind("seconds", length.toMillis() / 1000.0)
                        .mapTo(Long.class)
                        .list()));
    for (Lease lease : ordered) {
      if (held.contains(lease.channel().value())) {
        lease.renewed(asked, length);
      } else {
        lease.lose();
      }
    }
  }

  /** Gives the channel up; the next owner need not wait. */
  void release(Lease lease) {
    lease.lose();
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update channel_lease set expires_at = now()
                     where channel_id = :channel and epoch = :epoch and owner = :owner
                    """)
                .bind("channel", lease.channel().value())
                .bind("epoch", lease.epoch())
                .bind("owner", owner)
                .execute());
  }
}
