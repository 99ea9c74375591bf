package dev.herald.campaign.campaign;

import dev.herald.campaign.message.ApiParameters;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.message.LinkAddresses;
import dev.herald.campaign.message.MessageWriter;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateId;
import dev.herald.campaign.template.TemplateStore;
import dev.herald.campaign.workspace.WorkspaceId;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A campaign's content together with the template it stands on. */
public final class Contents {
  private final TemplateStore templates;
  private final LinkAddresses links;

  public Contents(TemplateStore templates, LinkAddresses links) {
    this.templates = templates;
    this.links = links;
  }

  /** What tracked links are in a message. */
  public LinkAddresses links() {
    return links;
  }

  /** Where every value comes from, given these columns. */
  public ParameterPlan plan(
      Handle handle, WorkspaceId workspace, Content content, Columns columns) {
    return switch (content) {
      case Content.TemplateContent template ->
          ParameterPlan.of(template, template(handle, workspace, template), columns);
      case Content.RegularContent regular -> ParameterPlan.of(regular, columns);
    };
  }

  /**
   * The same for sending. What an API call brings was resolved when it came: its recipients'
   * columns are the placeholders themselves.
   */
  public ParameterPlan sendingPlan(Handle handle, Campaign campaign) {
    Content content = campaign.content();
    return plan(
        handle,
        campaign.workspace(),
        campaign.type() == CampaignType.API ? ApiParameters.resolved(content) : content,
        campaign.columns());
  }

  /** What an API call must bring for a message of this content. */
  public ApiParameters apiParameters(Handle handle, WorkspaceId workspace, Content content) {
    return switch (content) {
      case Content.TemplateContent template ->
          ApiParameters.of(template, template(handle, workspace, template));
      case Content.RegularContent regular -> ApiParameters.of(regular);
    };
  }

  /** Writes the campaign's messages as its template is now. */
  public MessageWriter writer(Handle handle, WorkspaceId workspace, Content content) {
    return switch (content) {
      case Content.TemplateContent template ->
          MessageWriter.of(template, template(handle, workspace, template));
      case Content.RegularContent regular -> MessageWriter.of(regular);
    };
  }

  /** Why the content cannot be sent now, in words; empty if it can. */
  public Optional<String> obstacle(Handle handle, WorkspaceId workspace, Content content) {
    return switch (content) {
      case Content.TemplateContent template -> template(handle, workspace, template).obstacle();
      case Content.RegularContent regular -> Optional.empty();
    };
  }

  /** What its messages are priced as; asked only when there is no obstacle. */
  public MessageCategory category(Handle handle, WorkspaceId workspace, Content content) {
    return switch (content) {
      case Content.TemplateContent template ->
          MessageCategory.of(template(handle, workspace, template).category());
      case Content.RegularContent regular -> MessageCategory.SERVICE;
    };
  }

  public Template template(Handle handle, WorkspaceId workspace, Content.TemplateContent content) {
    return templates.require(handle, workspace, new TemplateId(content.template().value()));
  }
}
