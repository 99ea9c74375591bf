package dev.herald.campaign.template;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.whatsapp.ChannelAccess;
import dev.herald.campaign.whatsapp.CloudApi;
import dev.herald.campaign.whatsapp.RemoteTemplate;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads all templates of a channel from WhatsApp. */
public final class TemplateSync {
  private final Jdbi jdbi;
  private final TemplateStore store;
  private final ChannelStore channels;
  private final CloudApi whatsapp;
  private final TemplateWatcher watcher;

  /** What a reading changed. */
  public record Result(int added, int changed, int removed, int total) {}

  public TemplateSync(
      Jdbi jdbi,
      TemplateStore store,
      ChannelStore channels,
      CloudApi whatsapp,
      TemplateWatcher watcher) {
    this.jdbi = jdbi;
    this.store = store;
    this.channels = channels;
    this.whatsapp = whatsapp;
    this.watcher = watcher;
  }

  public Result run(WorkspaceId workspace, ChannelId channel) {
    ChannelAccess access =
        jdbi.withHandle(handle -> channels.access(handle, channel))
            .orElseThrow(
                () -> HeraldException.notFound("CHANNEL_NOT_FOUND", "There is no such channel."));
    List<RemoteTemplate> listed =
        whatsapp.templates(access).stream()
            .filter(template -> !template.name().isEmpty() && !template.language().isEmpty())
            .toList();
    return jdbi.inTransaction(tx -> store(tx, workspace, channel, listed));
  }

  private Result store(
      Handle tx, WorkspaceId workspace, ChannelId channel, List<RemoteTemplate> listed) {
    int added = 0;
    int changed = 0;
    for (RemoteTemplate template : listed) {
      switch (store.put(tx, workspace, channel, template)) {
        case ADDED -> added++;
        case CHANGED -> {
          changed++;
          store
              .find(tx, channel, template.name(), template.language())
              .ifPresent(now -> watcher.changed(tx, now));
        }
        case UNCHANGED -> {}
      }
    }
    List<TemplateId> removed =
        store.markDeleted(tx, channel, listed.stream().map(RemoteTemplate::id).toList());
    removed.forEach(id -> watcher.changed(tx, store.require(tx, workspace, id)));
    return new Result(added, changed, removed.size(), listed.size());
  }
}
