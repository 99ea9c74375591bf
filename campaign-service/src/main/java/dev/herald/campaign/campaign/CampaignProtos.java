package dev.herald.campaign.campaign;

import dev.herald.campaign.message.Binding;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.rpc.Protos;
import dev.herald.campaign.v1.ParameterBinding;
import dev.herald.campaign.v1.RegularContent;
import dev.herald.campaign.v1.TemplateContent;

/** Campaigns and their history as the contract shows them. */
final class CampaignProtos {
  private CampaignProtos() {}

  static dev.herald.campaign.v1.StatusChange of(StatusChange change) {
    return dev.herald.campaign.v1.StatusChange.newBuilder()
        .setTime(Protos.timestamp(change.time()))
        .setFrom(dev.herald.common.v1.CampaignStatus.valueOf(change.from().name()))
        .setTo(dev.herald.common.v1.CampaignStatus.valueOf(change.to().name()))
        .setBy(change.by())
        .setReason(change.reason())
        .build();
  }

  static dev.herald.campaign.v1.Campaign of(Campaign campaign) {
    var proto =
        dev.herald.campaign.v1.Campaign.newBuilder()
            .setId(campaign.id().value())
            .setName(campaign.name())
            .setType(dev.herald.common.v1.CampaignType.valueOf(campaign.type().name()))
            .setMessageType(dev.herald.common.v1.MessageType.valueOf(campaign.messageType().name()))
            .setStatus(dev.herald.common.v1.CampaignStatus.valueOf(campaign.status().name()))
            .setChannelId(campaign.channel().value())
            .setContent(content(campaign, campaign.content()))
            .setAudience(campaign.audience())
            .setMaxRate(campaign.maxRate())
            .setFinishWithin(Protos.duration(campaign.finishWithin()))
            .setStartGrace(Protos.duration(campaign.startGrace()))
            .setCreateTime(Protos.timestamp(campaign.createdAt()))
            .setCreatedBy(campaign.createdBy())
            .setLaunchedBy(campaign.launchedBy())
            .setVersion(campaign.version())
            .setDefaultRegion(campaign.defaultRegion())
            .setAttempted(campaign.attempted())
            .setSimulated(campaign.simulated())
            .addAllAudienceColumns(campaign.columns().all());
    PauseReason pause = campaign.pause();
    if (pause != null) {
      proto.setPauseReason(
          dev.herald.campaign.v1.PauseReason.newBuilder()
              .setKind(dev.herald.campaign.v1.PauseReason.Kind.valueOf(pause.kind().name()))
              .setMessage(pause.message())
              .setErrorCode(pause.errorCode())
              .setTime(Protos.timestamp(pause.time())));
    }
    if (campaign.startAt() != null) {
      proto.setStartTime(Protos.timestamp(campaign.startAt()));
    }
    if (campaign.launchedAt() != null) {
      proto.setLaunchTime(Protos.timestamp(campaign.launchedAt()));
    }
    if (campaign.endedAt() != null) {
      proto.setEndTime(Protos.timestamp(campaign.endedAt()));
    }
    return proto.build();
  }

  private static dev.herald.campaign.v1.Content content(Campaign campaign, Content content) {
    return switch (content) {
      case Content.TemplateContent template -> {
        TemplateContent.Builder proto =
            TemplateContent.newBuilder()
                .setTemplateId(template.template().value())
                .setName(campaign.templateName())
                .setLanguage(campaign.templateLanguage());
        template.bindings().forEach(binding -> proto.addParameters(binding(binding)));
        yield dev.herald.campaign.v1.Content.newBuilder().setTemplate(proto).build();
      }
      case Content.RegularContent regular ->
          dev.herald.campaign.v1.Content.newBuilder()
              .setRegular(
                  RegularContent.newBuilder()
                      .setText(regular.text())
                      .setPreviewUrl(regular.previewUrl())
                      .setMediaLink(regular.mediaLink())
                      .setMediaType(regular.mediaType())
                      .setTrackLinks(regular.trackLinks()))
              .build();
    };
  }

  private static ParameterBinding binding(Binding binding) {
    ParameterBinding.Builder proto =
        ParameterBinding.newBuilder()
            .setPlaceholder(binding.placeholder())
            .setFallback(binding.fallback())
            .setTrack(binding.track());
    if (binding.isConstant()) {
      proto.setText(binding.text());
    } else {
      proto.setColumn(binding.column());
    }
    return proto.build();
  }
}
