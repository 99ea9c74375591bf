package dev.herald.campaign.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.whatsapp.RemoteTemplate;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Templates, by channel, name and language. */
public final class TemplateStore {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private static final TypeReference<List<Component>> COMPONENTS = new TypeReference<>() {};

  private static final RowMapper<Template> TEMPLATE =
      (row, context) ->
          new Template(
              new TemplateId(row.getLong("template_id")),
              new WorkspaceId(row.getLong("workspace_id")),
              new ChannelId(row.getLong("channel_id")),
              row.getString("whatsapp_id"),
              row.getString("name"),
              row.getString("language"),
              TemplateCategory.valueOf(row.getString("category")),
              TemplateStatus.valueOf(row.getString("status")),
              row.getString("status_reason"),
              row.getString("parameter_format").equals("NAMED"),
              components(row.getString("components")),
              Rows.time(row, "synced_at"));

  /** What storing one template did. */
  public enum Stored {
    ADDED,
    CHANGED,
    UNCHANGED
  }

  /** Where a list goes on. */
  public record After(String name, String language, long id) {
    static final After START = new After("", "", 0);
  }

  /** Stores a template as WhatsApp lists it. */
  public Stored put(Handle tx, WorkspaceId workspace, ChannelId channel, RemoteTemplate remote) {
    return tx.createQuery(
            """
            insert into template (template_id, workspace_id, channel_id, whatsapp_id, name, language,
                   category, status, status_reason, parameter_format, components, synced_at)
            values (:id, :workspace, :channel, :whatsappId, :name, :language,
                   :category, :status, :reason, :format, cast(:components as jsonb), now())
            on conflict (channel_id, name, language) do update
               set whatsapp_id = excluded.whatsapp_id, category = excluded.category,
                   status = excluded.status, status_reason = excluded.status_reason,
                   parameter_format = excluded.parameter_format,
                   components = excluded.components, synced_at = excluded.synced_at,
                   status_at = now()
            returning old.template_id is null as added,
                   (old.whatsapp_id, old.category, old.status, old.parameter_format, old.components)
                   is distinct from
                   (new.whatsapp_id, new.category, new.status, new.parameter_format, new.components)
                   as changed
            """)
        .bind("id", Ids.next())
        .bind("workspace", workspace.value())
        .bind("channel", channel.value())
        .bind("whatsappId", remote.id())
        .bind("name", remote.name())
        .bind("language", remote.language())
        .bind("category", TemplateCategory.ofMeta(remote.category()).name())
        .bind("status", TemplateStatus.ofMeta(remote.status()).name())
        .bind("reason", remote.rejectedReason().equals("NONE") ? "" : remote.rejectedReason())
        .bind("format", remote.parameterFormat().equalsIgnoreCase("NAMED") ? "NAMED" : "POSITIONAL")
        .bind("components", json(MetaComponents.parse(remote.components())))
        .map(
            (row, context) ->
                row.getBoolean("added")
                    ? Stored.ADDED
                    : row.getBoolean("changed") ? Stored.CHANGED : Stored.UNCHANGED)
        .one();
  }

  /** Marks as DELETED what WhatsApp no longer lists; returns what was. */
  public List<TemplateId> markDeleted(Handle tx, ChannelId channel, Collection<String> listedIds) {
    return tx.createQuery(
            """
            update template set status = 'DELETED', synced_at = now(), status_at = now()
             where channel_id = :channel and status <> 'DELETED' and whatsapp_id <> all (:listed)
            returning template_id
            """)
        .bind("channel", channel.value())
        .bindArray("listed", String.class, listedIds)
        .map((row, context) -> new TemplateId(row.getLong("template_id")))
        .list();
  }

  /** Applies a webhook's news; empty texts stay. Returns the templates it is about. */
  public List<Template> update(
      Handle tx,
      ChannelId channel,
      String whatsappId,
      String name,
      String language,
      @Nullable TemplateStatus status,
      String reason,
      @Nullable TemplateCategory category,
      String quality,
      Instant time) {
    return tx.createQuery(
            """
            update template
               set status = coalesce(:status, status),
                   status_reason = case when cast(:status as text) is null then status_reason
                                        else :reason end,
                   category = coalesce(:category, category),
                   quality_rating = coalesce(nullif(:quality, ''), quality_rating),
                   status_at = :time
             where channel_id = :channel and status_at <= :time
               and (whatsapp_id = :whatsappId or (name = :name and language = :language))
            returning *
            """)
        .bind("channel", channel.value())
        .bind("whatsappId", whatsappId)
        .bind("name", name)
        .bind("language", language)
        .bind("status", status == null ? null : status.name())
        .bind("reason", reason)
        .bind("category", category == null ? null : category.name())
        .bind("quality", quality)
        .bind("time", time)
        .map(TEMPLATE)
        .list();
  }

  public Optional<Template> find(Handle handle, WorkspaceId workspace, TemplateId id) {
    return handle
        .createQuery("select * from template where template_id = :id and workspace_id = :workspace")
        .bind("id", id.value())
        .bind("workspace", workspace.value())
        .map(TEMPLATE)
        .findOne();
  }

  Optional<Template> find(Handle handle, ChannelId channel, String name, String language) {
    return handle
        .createQuery(
            """
            select * from template
             where channel_id = :channel and name = :name and language = :language
            """)
        .bind("channel", channel.value())
        .bind("name", name)
        .bind("language", language)
        .map(TEMPLATE)
        .findOne();
  }

  /** The template, or NOT_FOUND, as if another workspace's did not exist. */
  public Template require(Handle handle, WorkspaceId workspace, TemplateId id) {
    return find(handle, workspace, id)
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "TEMPLATE_NOT_FOUND", "There is no template " + id.value() + "."));
  }

  /** Templates of connected channels by name and language. */
  public List<Template> list(
      Handle handle,
      WorkspaceId workspace,
      long channel,
      Collection<TemplateStatus> statuses,
      String text,
      After after,
      int limit) {
    return handle
        .createQuery(
            """
            select template.*
              from template join channel using (channel_id)
             where template.workspace_id = :workspace
               and channel.disconnected_at is null
               and (:channel = 0 or template.channel_id = :channel)
               and (cardinality(:statuses) = 0 or template.status = any (:statuses))
               and (:text = '' or position(lower(:text) in template.name) > 0)
               and (template.name, template.language, template.template_id)
                   > (:afterName, :afterLanguage, :afterId)
             order by template.name, template.language, template.template_id
             limit :limit
            """)
        .bind("workspace", workspace.value())
        .bind("channel", channel)
        .bindArray("statuses", String.class, statuses.stream().map(Enum::name).toList())
        .bind("text", text)
        .bind("afterName", after.name())
        .bind("afterLanguage", after.language())
        .bind("afterId", after.id())
        .bind("limit", limit)
        .map(TEMPLATE)
        .list();
  }

  private static List<Component> components(String json) {
    try {
      return JSON.readValue(json, COMPONENTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored template cannot be read.", e);
    }
  }

  private static String json(List<Component> components) {
    try {
      return JSON.writeValueAsString(components);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A template cannot be written.", e);
    }
  }
}
