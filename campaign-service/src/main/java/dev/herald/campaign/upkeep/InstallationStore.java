package dev.herald.campaign.upkeep;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Which database cluster this is, and which it was when somebody last looked. */
final class InstallationStore {

  /** A cluster: a restore or a failover gives it another time line, a copy another epoch. */
  record Installation(int clusterEpoch, String systemId, int timeline) {}

  Installation current(Handle handle, int clusterEpoch) {
    return handle
        .createQuery(
            """
            select system.system_identifier::text as system_id, checkpoint.timeline_id
              from pg_control_system() as system, pg_control_checkpoint() as checkpoint
            """)
        .map(
            (row, context) ->
                new Installation(
                    clusterEpoch, row.getString("system_id"), row.getInt("timeline_id")))
        .one();
  }

  /** Stores it if nothing is stored yet; true if nothing was. */
  boolean isFirst(Handle tx, Installation now) {
    return tx.createUpdate(
                """
                insert into installation (cluster_epoch, system_id, timeline)
                values (:clusterEpoch, :systemId, :timeline)
                on conflict do nothing
                """)
            .bind("clusterEpoch", now.clusterEpoch())
            .bind("systemId", now.systemId())
            .bind("timeline", now.timeline())
            .execute()
        > 0;
  }

  Optional<Installation> lock(Handle tx) {
    return tx.createQuery("select * from installation for update")
        .map(
            (row, context) ->
                new Installation(
                    row.getInt("cluster_epoch"),
                    row.getString("system_id"),
                    row.getInt("timeline")))
        .findOne();
  }

  void update(Handle tx, Installation now) {
    tx.createUpdate(
            """
            update installation
               set cluster_epoch = :clusterEpoch, system_id = :systemId, timeline = :timeline
            """)
        .bind("clusterEpoch", now.clusterEpoch())
        .bind("systemId", now.systemId())
        .bind("timeline", now.timeline())
        .execute();
  }
}
