package dev.herald.campaign.channel;

import dev.herald.campaign.secret.SecretBox;
import dev.herald.campaign.sql.Rows;
import dev.herald.campaign.whatsapp.ChannelAccess;
import dev.herald.campaign.whatsapp.NumberInfo;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.database.DatabaseErrors;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** Channels and their secrets, which leave this class only to be used. */
public final class ChannelStore {
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String TOKEN = "access-token";
  private static final String APP_SECRET = "app-secret";
  private static final String VERIFY_TOKEN = "verify-token";

  private static final RowMapper<Channel> CHANNEL =
      (row, context) ->
          new Channel(
              new ChannelId(row.getLong("channel_id")),
              new WorkspaceId(row.getLong("workspace_id")),
              row.getString("name"),
              row.getString("phone_number_id"),
              row.getString("waba_id"),
              row.getString("display_phone_number"),
              row.getString("verified_name"),
              row.getString("quality_rating"),
              row.getString("messaging_limit_tier"),
              row.getString("throughput_level"),
              row.getInt("rate"),
              row.getBoolean("simulated"),
              row.getBoolean("own_app"),
              row.getString("held_reason"),
              Rows.instant(row, "checked_at"),
              Rows.time(row, "created_at"));

  private final SecretBox box;

  /** The secrets of an app that the workspace itself holds. */
  public record OwnApp(Secret appSecret, Secret verifyToken) {}

  /** An app's secrets with the channel they belong to. */
  public record WebhookSecrets(
      ChannelId channel,
      WorkspaceId workspace,
      String wabaId,
      Secret appSecret,
      Secret verifyToken) {}

  /**
   * What it takes to send through a channel.
   *
   * @param rate messages a second at most
   */
  public record Sender(ChannelAccess access, int rate) {}

  public ChannelStore(SecretBox box) {
    this.box = box;
  }

  /**
   * Stores a new channel.
   *
   * @throws HeraldException ALREADY_EXISTS if the number is connected, here or in another workspace
   */
  public void insert(Handle tx, Channel channel, Secret token, @Nullable OwnApp app) {
    try {
      tx.createUpdate(
              """
              insert into channel (channel_id, workspace_id, name, phone_number_id, waba_id,
                     display_phone_number, verified_name, quality_rating, messaging_limit_tier,
                     throughput_level, rate, simulated, own_app, access_token, app_secret, verify_token, checked_at)
              values (:id, :workspace, :name, :phoneNumberId, :wabaId,
                     :displayPhoneNumber, :verifiedName, :qualityRating, :tier,
                     :throughput, :rate, :simulated, :ownApp, :token, :appSecret, :verifyToken, now())
              """)
          .bind("id", channel.id().value())
          .bind("workspace", channel.workspace().value())
          .bind("name", channel.name())
          .bind("phoneNumberId", channel.phoneNumberId())
          .bind("wabaId", channel.wabaId())
          .bind("displayPhoneNumber", channel.displayPhoneNumber())
          .bind("verifiedName", channel.verifiedName())
          .bind("qualityRating", channel.qualityRating())
          .bind("tier", channel.messagingLimitTier())
          .bind("throughput", channel.throughputLevel())
          .bind("rate", channel.rate())
          .bind("simulated", channel.simulated())
          .bind("ownApp", channel.ownApp())
          .bind("token", box.seal(token.value(), purpose(channel.id(), TOKEN)))
          .bind("appSecret", app == null ? null : seal(channel.id(), APP_SECRET, app.appSecret()))
          .bind(
              "verifyToken",
              app == null ? null : seal(channel.id(), VERIFY_TOKEN, app.verifyToken()))
          .execute();
    } catch (UnableToExecuteStatementException e) {
      if (DatabaseErrors.sqlState(e).filter(UNIQUE_VIOLATION::equals).isPresent()) {
        throw HeraldException.alreadyExists(
            "PHONE_NUMBER_TAKEN", "This phone number is connected already.");
      }
      throw e;
    }
  }

  public Optional<Channel> find(Handle handle, WorkspaceId workspace, ChannelId id) {
    return handle
        .createQuery(
            """
            select * from channel
             where channel_id = :id and workspace_id = :workspace and disconnected_at is null
            """)
        .bind("id", id.value())
        .bind("workspace", workspace.value())
        .map(CHANNEL)
        .findOne();
  }

  /** The channel, or NOT_FOUND, as if another workspace's did not exist. */
  public Channel require(Handle handle, WorkspaceId workspace, ChannelId id) {
    return find(handle, workspace, id)
        .orElseThrow(
            () ->
                HeraldException.notFound(
                    "CHANNEL_NOT_FOUND", "There is no channel " + id.value() + "."));
  }

  /** Channels of a workspace, newest first, below {@code before}. */
  public List<Channel> list(Handle handle, WorkspaceId workspace, long before, int limit) {
    return handle
        .createQuery(
            """
            select * from channel
             where workspace_id = :workspace and channel_id < :before and disconnected_at is null
             order by channel_id desc
             limit :limit
            """)
        .bind("workspace", workspace.value())
        .bind("before", before)
        .bind("limit", limit)
        .map(CHANNEL)
        .list();
  }

  public List<Channel> byNumbers(Handle handle, Collection<String> phoneNumberIds) {
    return handle
        .createQuery(
            """
            select * from channel
             where phone_number_id = any (:numbers) and disconnected_at is null
            """)
        .bindArray("numbers", String.class, phoneNumberIds)
        .map(CHANNEL)
        .list();
  }

  public List<Channel> byWaba(Handle handle, String wabaId) {
    return handle
        .createQuery("select * from channel where waba_id = :waba and disconnected_at is null")
        .bind("waba", wabaId)
        .map(CHANNEL)
        .list();
  }

  /** What it takes to speak for the channel; empty once it is disconnected. */
  public Optional<ChannelAccess> access(Handle handle, ChannelId id) {
    return sender(handle, id).map(Sender::access);
  }

  /** The same with the rate. */
  public Optional<Sender> sender(Handle handle, ChannelId id) {
    return handle
        .createQuery(
            """
            select simulated, phone_number_id, waba_id, access_token, rate from channel
             where channel_id = :id and disconnected_at is null
            """)
        .bind("id", id.value())
        .map(
            (row, context) ->
                new Sender(
                    new ChannelAccess(
                        row.getBoolean("simulated"),
                        row.getString("phone_number_id"),
                        row.getString("waba_id"),
                        box.open(row.getBytes("access_token"), purpose(id, TOKEN))),
                    row.getInt("rate")))
        .findOne();
  }

  /** Stores what WhatsApp says about the number. */
  public void checked(Handle tx, ChannelId id, NumberInfo info) {
    tx.createUpdate(
            """
            update channel
               set display_phone_number = :display, verified_name = :verifiedName,
                   quality_rating = :quality, messaging_limit_tier = :tier,
                   throughput_level = :throughput, checked_at = now(), held_reason = ''
             where channel_id = :id
            """)
        .bind("id", id.value())
        .bind("display", info.displayPhoneNumber())
        .bind("verifiedName", info.verifiedName())
        .bind("quality", info.qualityRating())
        .bind("tier", info.messagingLimitTier())
        .bind("throughput", info.throughputLevel())
        .execute();
  }

  /** Stores why dispatch is held, or with "" that it is not. */
  public void held(Handle tx, ChannelId id, String reason) {
    tx.createUpdate(
            """
            update channel set held_reason = :reason
             where channel_id = :id and held_reason <> :reason
            """)
        .bind("id", id.value())
        .bind("reason", reason)
        .execute();
  }

  /** Changes what is given; null stays. */
  public void update(
      Handle tx,
      ChannelId id,
      @Nullable String name,
      @Nullable Integer rate,
      @Nullable Secret token,
      @Nullable Secret appSecret) {
    tx.createUpdate(
            """
            update channel
               set name = coalesce(:name, name),
                   rate = coalesce(:rate, rate),
                   access_token = coalesce(:token, access_token),
                   app_secret = coalesce(:appSecret, app_secret)
             where channel_id = :id
            """)
        .bind("id", id.value())
        .bind("name", name)
        .bind("rate", rate)
        .bind("token", token == null ? null : seal(id, TOKEN, token))
        .bind("appSecret", appSecret == null ? null : seal(id, APP_SECRET, appSecret))
        .execute();
  }

  /** What a webhook says about the number itself; empty texts stay. */
  public void updateQuality(Handle tx, ChannelId id, String quality, String tier) {
    tx.createUpdate(
            """
            update channel
               set quality_rating = coalesce(nullif(:quality, ''), quality_rating),
                   messaging_limit_tier = coalesce(nullif(:tier, ''), messaging_limit_tier)
             where channel_id = :id
            """)
        .bind("id", id.value())
        .bind("quality", quality)
        .bind("tier", tier)
        .execute();
  }

  /** The channel cannot be disconnected until this transaction has ended. */
  public void keep(Handle tx, ChannelId id) {
    tx.createQuery("select 1 from channel where channel_id = :id for share")
        .bind("id", id.value())
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Forgets the secrets and frees the number.
   *
   * @throws HeraldException PRECONDITION while a campaign needs the channel
   */
  public void disconnect(Handle tx, ChannelId id) {
    // The lock keeps campaigns from being launched on it at this moment: launching share-locks it.
    tx.createQuery("select 1 from channel where channel_id = :id for no key update")
        .bind("id", id.value())
        .mapTo(Integer.class)
        .findOne();
    boolean inUse =
        tx.createQuery(
                """
                select exists (select from campaign
                                where channel_id = :id and not hidden
                                  and status in ('SCHEDULED', 'LIVE', 'PAUSED'))
                """)
            .bind("id", id.value())
            .mapTo(Boolean.class)
            .one();
    if (inUse) {
      throw HeraldException.precondition(
          "CHANNEL_IN_USE", "A campaign on this channel is not over yet. Stop it first.");
    }
    tx.createUpdate(
            """
            update channel
               set access_token = null, app_secret = null, verify_token = null,
                   disconnected_at = now()
             where channel_id = :id
            """)
        .bind("id", id.value())
        .execute();
  }

  /** Channels with an app of their own, by id, above {@code after}. */
  public List<WebhookSecrets> webhookSecrets(Handle handle, long after, int limit) {
    return handle
        .createQuery(
            """
            select channel_id, workspace_id, waba_id, app_secret, verify_token from channel
             where own_app and disconnected_at is null and channel_id > :after
             order by channel_id
             limit :limit
            """)
        .bind("after", after)
        .bind("limit", limit)
        .map(
            (row, context) -> {
              ChannelId id = new ChannelId(row.getLong("channel_id"));
              return new WebhookSecrets(
                  id,
                  new WorkspaceId(row.getLong("workspace_id")),
                  row.getString("waba_id"),
                  box.open(row.getBytes("app_secret"), purpose(id, APP_SECRET)),
                  box.open(row.getBytes("verify_token"), purpose(id, VERIFY_TOKEN)));
            })
        .list();
  }

  private byte[] seal(ChannelId id, String kind, Secret secret) {
    return box.seal(secret.value(), purpose(id, kind));
  }

  private static String purpose(ChannelId id, String kind) {
    return "channel/" + id.value() + "/" + kind;
  }
}
