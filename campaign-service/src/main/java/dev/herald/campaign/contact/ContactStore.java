package dev.herald.campaign.contact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * The people a workspace knows, by number.
 *
 * <p>Erasing a person takes an exclusive lock on the workspace's people; whoever writes contacts
 * from numbers read before takes a shared one. So no writer brings back a number it had read before
 * it was erased.
 */
public final class ContactStore {
  /** Source of an opt-out that WhatsApp told by refusing a message. */
  public static final String BY_ERROR = "error_131050";

  static final int LOCK_SPACE = 0x4845_5250;
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {};

  private static final String SELECT =
      """
      select *, coalesce(last_inbound_at > now() - interval '24 hours', false) as active
        from contact
      """;

  private static final String FILTER =
      """
       where workspace_id = :workspace
         and (cardinality(cast(:tags as text[])) = 0 or tags @> cast(:tags as text[]))
         and attributes @> cast(:attributes as jsonb)
         and (:text = '' or position(lower(:text) in lower(name)) > 0
              or (:digits <> '' and position(:digits in phone::text) > 0))
         and (not :activeOnly or last_inbound_at > now() - interval '24 hours')
         and (not :optedOutOnly or opted_out)
      """;

  private static final RowMapper<Contact> CONTACT =
      (row, context) ->
          new Contact(
              row.getLong("contact_id"),
              row.getLong("phone"),
              row.getString("name"),
              row.getString("country"),
              Rows.names(row, "tags"),
              attributes(row.getString("attributes")),
              row.getBoolean("opted_out"),
              row.getString("opt_out_source"),
              Rows.instant(row, "opted_out_at"),
              Rows.instant(row, "last_inbound_at"),
              row.getBoolean("active"),
              Rows.time(row, "created_at"),
              Rows.time(row, "updated_at"));

  private final ErasureStore erased;

  /** How many contacts match, and how many of them may not or may only now be written to. */
  public record Counts(int all, int optedOut, int active) {}

  public ContactStore(ErasureStore erased) {
    this.erased = erased;
  }

  /** To be called before numbers are read that will be written as contacts. */
  public void lockShared(Handle tx, WorkspaceId workspace) {
    tx.createQuery("select 1 from pg_advisory_xact_lock_shared(:space, hashint8(:workspace))")
        .bind("space", LOCK_SPACE)
        .bind("workspace", workspace.value())
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Creates or updates contacts, set-wise: given names replace, tags and attributes are merged.
   * Numbers must differ from each other.
   *
   * @return how many were created
   */
  public int upsert(Handle tx, WorkspaceId workspace, List<NewContact> contacts) {
    if (contacts.isEmpty()) {
      return 0;
    }
    List<NewContact> ordered =
        contacts.stream()
            .sorted(java.util.Comparator.comparingLong(c -> c.phone().digits()))
            .toList();
    int created =
        tx
            .createQuery(
                """
                insert into contact (workspace_id, phone, contact_id, name, country, tags, attributes)
                select :workspace, phone, id, name, country,
                       array(select jsonb_array_elements_text(cast(tags as jsonb))),
                       cast(attributes as jsonb)
                  from unnest(:phones, :ids, :names, :countries, :tags, :attributes)
                       as given (phone, id, name, country, tags, attributes)
                """
                    + ON_CONFLICT
                    + " returning old.phone is null as created")
            .bind("workspace", workspace.value())
            .bindArray("phones", Long.class, ordered.stream().map(c -> c.phone().digits()).toList())
            .bindArray("ids", Long.class, ordered.stream().map(c -> Ids.next()).toList())
            .bindArray("names", String.class, ordered.stream().map(NewContact::name).toList())
            .bindArray(
                "countries", String.class, ordered.stream().map(c -> c.phone().country()).toList())
            .bindArray("tags", String.class, ordered.stream().map(c -> json(c.tags())).toList())
            .bindArray(
                "attributes",
                String.class,
                ordered.stream().map(c -> json(c.attributes())).toList())
            .mapTo(Boolean.class)
            .list()
            .stream()
            .mapToInt(isNew -> isNew ? 1 : 0)
            .sum();
    erased.keepOptOuts(tx, workspace, ordered.stream().map(c -> c.phone().digits()).toList());
    return created;
  }

  private static final String ON_CONFLICT =
      """
      on conflict (workspace_id, phone) do update
         set name = case when excluded.name = '' then contact.name else excluded.name end,
             tags = case when contact.tags @> excluded.tags then contact.tags
                         else array(select distinct unnest(contact.tags || excluded.tags) order by 1)
                    end,
             attributes = contact.attributes || excluded.attributes,
             updated_at = now()
      """;

  /**
   * Makes contacts of an audience's recipients, set-wise.
   *
   * @param columns names of the recipients' parameters
   */
  public void upsertFromAudience(
      Handle tx,
      WorkspaceId workspace,
      long audience,
      int from,
      int below,
      List<String> columns,
      List<String> tags) {
    lockShared(tx, workspace);
    List<Long> ids = new ArrayList<>(below - from);
    for (int i = from; i < below; i++) {
      ids.add(Ids.next());
    }
    List<Long> phones =
        tx.createQuery(
                """
                insert into contact (workspace_id, phone, contact_id, name, country, tags, attributes)
                select :workspace, r.phone, (cast(:ids as bigint[]))[r.ordinal - :from + 1],
                       coalesce(r.name, ''), r.country, :tags,
                       case when r.parameters is null then '{}'
                            else jsonb_strip_nulls(
                                   jsonb_object((cast(:columns as text[]))[1 : cardinality(r.parameters)],
                                                r.parameters))
                       end
                  from recipient r
                 where r.audience_id = :audience and r.ordinal >= :from and r.ordinal < :below
                   and r.phone is not null
                 order by r.phone
                """
                    + ON_CONFLICT
                    + """
                     where contact.name is distinct from excluded.name
                        or not contact.tags @> excluded.tags
                        or not contact.attributes @> excluded.attributes
                    returning phone
                    """)
            .bind("workspace", workspace.value())
            .bind("audience", audience)
            .bind("from", from)
            .bind("below", below)
            .bindArray("ids", Long.class, ids)
            .bindArray("tags", String.class, tags)
            .bindArray("columns", String.class, columns)
            .mapTo(Long.class)
            .list();
    erased.keepOptOuts(tx, workspace, phones);
  }

  public Optional<Contact> find(Handle handle, WorkspaceId workspace, long phone) {
    return handle
        .createQuery(SELECT + " where workspace_id = :workspace and phone = :phone")
        .bind("workspace", workspace.value())
        .bind("phone", phone)
        .map(CONTACT)
        .findOne();
  }

  public Optional<Contact> findById(Handle handle, WorkspaceId workspace, long id) {
    return handle
        .createQuery(SELECT + " where workspace_id = :workspace and contact_id = :id")
        .bind("workspace", workspace.value())
        .bind("id", id)
        .map(CONTACT)
        .findOne();
  }

  /** Contacts by id, below {@code before}: newest first. */
  public List<Contact> list(
      Handle handle, WorkspaceId workspace, ContactFilter filter, long before, int limit) {
    return bind(
            handle.createQuery(
                SELECT
                    + FILTER
                    + " and contact_id < :before order by contact_id desc limit :limit"),
            workspace,
            filter)
        .bind("before", before)
        .bind("limit", limit)
        .map(CONTACT)
        .list();
  }

  public Counts count(Handle handle, WorkspaceId workspace, ContactFilter filter) {
    return bind(
            handle.createQuery(
                """
                select count(*)::int as everybody,
                       (count(*) filter (where opted_out))::int as opted_out,
                       (count(*) filter (where last_inbound_at > now() - interval '24 hours'))::int
                         as active
                  from contact
                """
                    + FILTER),
            workspace,
            filter)
        .map(
            (row, context) ->
                new Counts(row.getInt("everybody"), row.getInt("opted_out"), row.getInt("active")))
        .one();
  }

  /**
   * Fills an audience with the contacts that match now, numbered by phone.
   *
   * @return how many
   */
  public int copyToAudience(
      Handle tx, WorkspaceId workspace, ContactFilter filter, long audience, List<String> columns) {
    lockShared(tx, workspace);
    tx.execute("set local statement_timeout = '120s'");
    return bind(
            tx.createUpdate(
                """
                insert into recipient (audience_id, ordinal, phone, lot, country, name, parameters)
                select :audience, row_number() over (order by phone) - 1, phone, 0, country,
                       nullif(name, ''),
                       array(select nullif(attributes ->> key, '')
                               from unnest(cast(:columns as text[])) with ordinality as k (key, position)
                              order by position)
                  from contact
                """
                    + FILTER),
            workspace,
            filter)
        .bind("audience", audience)
        .bindArray("columns", String.class, columns)
        .execute();
  }

  /** The attributes that contacts who match have, at most {@code limit}, most frequent first. */
  public List<String> attributeNames(
      Handle handle, WorkspaceId workspace, ContactFilter filter, int limit) {
    return bind(
            handle.createQuery(
                """
                select key
                  from contact cross join lateral jsonb_object_keys(attributes) as key
                """
                    + FILTER
                    + " group by key order by count(*) desc, key limit :limit"),
            workspace,
            filter)
        .bind("limit", limit)
        .mapTo(String.class)
        .list();
  }

  private static <T extends SqlStatement<T>> T bind(
      T statement, WorkspaceId workspace, ContactFilter filter) {
    return statement
        .bind("workspace", workspace.value())
        .bindArray("tags", String.class, filter.tags())
        .bind("attributes", json(filter.attributes()))
        .bind("text", filter.text())
        .bind("digits", digits(filter.text()))
        .bind("activeOnly", filter.activeOnly())
        .bind("optedOutOnly", filter.optedOutOnly());
  }

  private static String digits(String text) {
    StringBuilder digits = new StringBuilder();
    text.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
    return digits.toString();
  }

  /**
   * Marks a person, known or not, as not wanting messages, or wanting them again.
   *
   * @param decidedAt when the person decided; a later decision we know of stands
   */
  public void setOptOut(
      Handle tx,
      WorkspaceId workspace,
      PhoneNumber phone,
      boolean optedOut,
      String source,
      Instant decidedAt) {
    int decided =
        tx.createUpdate(
                """
                insert into contact (workspace_id, phone, contact_id, country,
                       opted_out, opt_out_source, opted_out_at, decided_at)
                values (:workspace, :phone, :id, :country,
                       :optedOut, :source, case when :optedOut then :decidedAt::timestamptz end, :decidedAt)
                on conflict (workspace_id, phone) do update
                   set opted_out = excluded.opted_out, opt_out_source = excluded.opt_out_source,
                       opted_out_at = excluded.opted_out_at, decided_at = excluded.decided_at,
                       updated_at = now()
                 where contact.decided_at is null or contact.decided_at < excluded.decided_at
                """)
            .bind("workspace", workspace.value())
            .bind("phone", phone.digits())
            .bind("id", Ids.next())
            .bind("country", phone.country())
            .bind("optedOut", optedOut)
            .bind("source", optedOut ? source : "")
            .bind("decidedAt", decidedAt)
            .execute();
    if (!optedOut && decided > 0) {
      erased.forget(tx, workspace, phone.digits());
    }
  }

  /**
   * Notes that a person wrote to us; opens the 24 hours.
   *
   * @param name as the person calls himself; kept only while we know no better
   */
  public void inbound(
      Handle tx, WorkspaceId workspace, PhoneNumber phone, String name, Instant time) {
    tx.createUpdate(
            """
            insert into contact (workspace_id, phone, contact_id, country, name, last_inbound_at)
            values (:workspace, :phone, :id, :country, :name, :time)
            on conflict (workspace_id, phone) do update
               set last_inbound_at = greatest(contact.last_inbound_at, excluded.last_inbound_at),
                   name = case when contact.name = '' then excluded.name else contact.name end,
                   updated_at = now()
             where contact.last_inbound_at is null
                or contact.last_inbound_at < excluded.last_inbound_at
            """)
        .bind("workspace", workspace.value())
        .bind("phone", phone.digits())
        .bind("id", Ids.next())
        .bind("country", phone.country())
        .bind("name", name)
        .bind("time", time)
        .execute();
    erased.keepOptOuts(tx, workspace, List.of(phone.digits()));
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A list or map of texts is always JSON.", e);
    }
  }

  private static Map<String, String> attributes(@Nullable String json) {
    try {
      return json == null ? Map.of() : JSON.readValue(json, ATTRIBUTES);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Stored attributes cannot be read.", e);
    }
  }
}
