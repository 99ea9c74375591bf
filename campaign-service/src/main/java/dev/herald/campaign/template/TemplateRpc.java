package dev.herald.campaign.template;

import dev.herald.billing.v1.MessageCategory;
import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.GetTemplateRequest;
import dev.herald.campaign.v1.GetTemplateResponse;
import dev.herald.campaign.v1.ListTemplatesRequest;
import dev.herald.campaign.v1.ListTemplatesResponse;
import dev.herald.campaign.v1.PreviewTemplateRequest;
import dev.herald.campaign.v1.PreviewTemplateResponse;
import dev.herald.campaign.v1.SyncTemplatesRequest;
import dev.herald.campaign.v1.SyncTemplatesResponse;
import dev.herald.campaign.v1.TemplateComponent;
import dev.herald.campaign.v1.TemplateServiceGrpc;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** The gRPC edge of templates. */
public final class TemplateRpc extends TemplateServiceGrpc.TemplateServiceImplBase {
  private static final String LIST = "templates.1";

  private final Jdbi jdbi;
  private final TemplateStore store;
  private final ChannelStore channels;
  private final TemplateSync sync;

  public TemplateRpc(Jdbi jdbi, TemplateStore store, ChannelStore channels, TemplateSync sync) {
    this.jdbi = jdbi;
    this.store = store;
    this.channels = channels;
    this.sync = sync;
  }

  @Override
  public void syncTemplates(
      SyncTemplatesRequest request, StreamObserver<SyncTemplatesResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          WorkspaceId workspace = WorkspaceId.ofCaller();
          ChannelId channel = new ChannelId(request.getChannelId());
          jdbi.useHandle(handle -> channels.require(handle, workspace, channel));
          TemplateSync.Result result = sync.run(workspace, channel);
          return SyncTemplatesResponse.newBuilder()
              .setAdded(result.added())
              .setChanged(result.changed())
              .setRemoved(result.removed())
              .setTotal(result.total())
              .build();
        });
  }

  @Override
  public void listTemplates(
      ListTemplatesRequest request, StreamObserver<ListTemplatesResponse> answer) {
    Rpc.answer(answer, () -> list(WorkspaceId.ofCaller(), request));
  }

  private ListTemplatesResponse list(WorkspaceId workspace, ListTemplatesRequest request) {
    int size = PageSize.of(request.getPageSize());
    TemplateStore.After after = after(request.getPageToken());
    List<TemplateStatus> statuses =
        request.getStatusesList().stream()
            .filter(status -> status != dev.herald.campaign.v1.Template.Status.STATUS_UNSPECIFIED)
            .map(status -> TemplateStatus.valueOf(status.name()))
            .toList();
    List<Template> found =
        jdbi.withHandle(
            handle ->
                store.list(
                    handle,
                    workspace,
                    request.getChannelId(),
                    statuses,
                    request.getText(),
                    after,
                    size + 1));
    ListTemplatesResponse.Builder response = ListTemplatesResponse.newBuilder();
    found.stream().limit(size).map(TemplateRpc::proto).forEach(response::addTemplates);
    if (found.size() > size) {
      Template last = found.get(size - 1);
      response.setNextPageToken(
          PageToken.write(LIST)
              .text(last.name())
              .text(last.language())
              .number(last.id().value())
              .token());
    }
    return response.build();
  }

  private static TemplateStore.After after(String pageToken) {
    if (pageToken.isEmpty()) {
      return TemplateStore.After.START;
    }
    PageToken.Reader token = PageToken.read(LIST, pageToken);
    var after = new TemplateStore.After(token.text(), token.text(), token.number());
    token.end();
    return after;
  }

  @Override
  public void getTemplate(GetTemplateRequest request, StreamObserver<GetTemplateResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            GetTemplateResponse.newBuilder()
                .setTemplate(proto(require(request.getTemplateId())))
                .build());
  }

  private Template require(long id) {
    WorkspaceId workspace = WorkspaceId.ofCaller();
    return jdbi.withHandle(handle -> store.require(handle, workspace, new TemplateId(id)));
  }

  @Override
  public void previewTemplate(
      PreviewTemplateRequest request, StreamObserver<PreviewTemplateResponse> answer) {
    Rpc.answer(
        answer,
        () -> {
          TemplatePreview preview =
              TemplatePreview.of(require(request.getTemplateId()), request.getValuesMap());
          PreviewTemplateResponse.Builder response = PreviewTemplateResponse.newBuilder();
          preview.components().stream().map(TemplateRpc::proto).forEach(response::addComponents);
          return response.addAllMissing(preview.missing()).build();
        });
  }

  static dev.herald.campaign.v1.Template proto(Template template) {
    var proto =
        dev.herald.campaign.v1.Template.newBuilder()
            .setId(template.id().value())
            .setChannelId(template.channel().value())
            .setWhatsappId(template.whatsappId())
            .setName(template.name())
            .setLanguage(template.language())
            .setCategory(category(template.category()))
            .setStatus(dev.herald.campaign.v1.Template.Status.valueOf(template.status().name()))
            .setStatusReason(template.statusReason())
            .setSyncTime(Protos.timestamp(template.syncedAt()));
    template.components().stream().map(TemplateRpc::proto).forEach(proto::addComponents);
    template.placeholders().forEach(placeholder -> proto.addPlaceholders(placeholder.key()));
    return proto.build();
  }

  private static MessageCategory category(TemplateCategory category) {
    return switch (category) {
      case MARKETING -> MessageCategory.MARKETING;
      case UTILITY -> MessageCategory.UTILITY;
      case AUTHENTICATION -> MessageCategory.AUTHENTICATION;
      case OTHER -> MessageCategory.MESSAGE_CATEGORY_UNSPECIFIED;
    };
  }

  private static TemplateComponent proto(Component component) {
    return TemplateComponent.newBuilder()
        .setKind(TemplateComponent.Kind.valueOf(component.kind().name()))
        .setFormat(component.format())
        .setText(component.text())
        .setUrl(component.url())
        .addAllExamples(component.examples())
        .build();
  }
}
