package dev.herald.gateway.aisensy;

import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.ParameterBinding;
import dev.herald.campaign.v1.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a call of a campaign must bring.
 *
 * @param variables placeholders of header and body that the call fills, in order
 * @param buttons placeholders of buttons that the call fills, in order
 * @param needsMedia whether the header's media comes with the call
 */
record LiveCampaign(long id, List<String> variables, List<String> buttons, boolean needsMedia) {
  static final String MEDIA = "header.media";
  private static final String BUTTON = "button.";

  static LiveCampaign of(Campaign campaign, Template template) {
    Set<String> fixed = new HashSet<>();
    for (ParameterBinding binding : campaign.getContent().getTemplate().getParametersList()) {
      if (binding.hasText()) {
        fixed.add(binding.getPlaceholder());
      }
    }
    List<String> variables = new ArrayList<>();
    List<String> buttons = new ArrayList<>();
    for (String placeholder : template.getPlaceholdersList()) {
      if (!fixed.contains(placeholder) && !placeholder.equals(MEDIA)) {
        (placeholder.startsWith(BUTTON) ? buttons : variables).add(placeholder);
      }
    }
    boolean media = template.getPlaceholdersList().contains(MEDIA) && !fixed.contains(MEDIA);
    return new LiveCampaign(campaign.getId(), variables, buttons, media);
  }

  /** The values of a call by placeholder, or the error AiSensy answers. */
  Map<String, String> values(CampaignCall call, List<String> parameters) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> expected = new ArrayList<>(variables);
    // Some clients send the buttons' values as further parameters.
    if (call.buttons().isEmpty() && parameters.size() == variables.size() + buttons.size()) {
      expected.addAll(buttons);
    }
    if (parameters.size() != expected.size()) {
      throw AisensyError.parameterCount();
    }
    for (int i = 0; i < expected.size(); i++) {
      values.put(expected.get(i), parameters.get(i));
    }
    call.buttons()
        .forEach(
            (index, value) ->
                buttons.stream()
                    .filter(placeholder -> placeholder.startsWith(BUTTON + index + "."))
                    .forEach(placeholder -> values.put(placeholder, value)));
    if (!call.mediaUrl().isEmpty()) {
      values.put(MEDIA, call.mediaUrl());
    } else if (needsMedia) {
      throw AisensyError.mediaMissing();
    }
    return values;
  }
}
