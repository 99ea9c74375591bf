package dev.herald.campaign.message;

import dev.herald.campaign.template.TemplateId;
import java.util.List;

/** What a campaign sends. */
public sealed interface Content {

  /** An approved template; bindings say where its values come from. */
  record TemplateContent(TemplateId template, List<Binding> bindings) implements Content {}

  /**
   * Free text, only to people who wrote within the last 24 hours.
   *
   * @param text {{column}} is replaced
   * @param mediaLink image, video or document with the text as caption; empty for text only
   * @param mediaType image, video, document or ""
   * @param trackLinks addresses in the text are replaced by links of ours that lead there
   */
  record RegularContent(
      String text, boolean previewUrl, String mediaLink, String mediaType, boolean trackLinks)
      implements Content {}
}
