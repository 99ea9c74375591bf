package dev.herald.gateway.identity;

import dev.herald.gateway.identity.PersonStore.PersonRow;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * Which person is whom at the provider. An address is believed once: whoever gets it later is
 * somebody else.
 */
final class OidcIdentityStore {
  private static final RowMapper<PersonRow> PERSON = ConstructorMapper.of(PersonRow.class);

  /** Somebody who may be meant; bound: who was this person at the provider before. */
  record Candidate(PersonRow person, boolean bound) {}

  /**
   * Who may be meant: those bound to the subject, then those with the address who are bound to
   * nobody yet. Who signed in last comes first.
   */
  List<Candidate> candidates(Handle tx, String issuer, String subject, String email, int limit) {
    return tx.createQuery(
            """
            select * from (
              select p.*, true as bound
              from oidc_identity i
              join person p on p.workspace_id = i.workspace_id and p.id = i.person_id
              where i.issuer = :issuer and i.subject = :subject
              union all
              select p.*, false
              from person p
              where p.email = :email and not exists (
                select 1 from oidc_identity i
                where i.workspace_id = p.workspace_id and i.person_id = p.id
                  and i.issuer = :issuer)) as known
            where not suspended
            order by bound desc, last_sign_in_time desc nulls last, id limit :limit
            """)
        .bind("issuer", issuer)
        .bind("subject", subject)
        .bind("email", email)
        .bind("limit", limit)
        .map((row, context) -> new Candidate(PERSON.map(row, context), row.getBoolean("bound")))
        .list();
  }

  void bind(Handle tx, PersonRow person, String issuer, String subject) {
    tx.createUpdate(
            """
            insert into oidc_identity (workspace_id, person_id, issuer, subject)
            values (:workspace, :person, :issuer, :subject)
            on conflict do nothing
            """)
        .bind("workspace", person.workspaceId())
        .bind("person", person.id())
        .bind("issuer", issuer)
        .bind("subject", subject)
        .execute();
  }
}
