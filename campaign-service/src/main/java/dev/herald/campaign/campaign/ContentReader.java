package dev.herald.campaign.campaign;

import dev.herald.campaign.message.Binding;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.message.Links;
import dev.herald.campaign.message.Media;
import dev.herald.campaign.template.TemplateId;
import dev.herald.campaign.v1.ParameterBinding;
import dev.herald.campaign.v1.RegularContent;
import dev.herald.campaign.v1.TemplateContent;
import dev.herald.runtime.HeraldException;
import java.util.HashSet;
import java.util.Set;

/** Reads a campaign's content from the contract; what is wrong is named by its field. */
final class ContentReader {
  private static final int MAX_TEXT = 4096;
  private static final int MAX_CAPTION = 1024;

  private ContentReader() {}

  static Content read(dev.herald.campaign.v1.Content content) {
    return switch (content.getKindCase()) {
      case TEMPLATE -> checked("content.template.parameters", template(content.getTemplate()));
      case REGULAR -> checked("content.regular.text", regular(content.getRegular()));
      case KIND_NOT_SET ->
          throw HeraldException.invalid(
              "content", "CONTENT_MISSING", "A campaign sends a template or a text.");
    };
  }

  private static Content checked(String field, Content content) {
    Links.flaw(content)
        .ifPresent(
            flaw -> {
              throw HeraldException.invalid(field, "LINK_INVALID", flaw);
            });
    return content;
  }

  private static Content template(TemplateContent template) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < template.getParametersCount(); i++) {
      ParameterBinding binding = template.getParameters(i);
      String field = "content.template.parameters[" + i + "]";
      if (!seen.add(binding.getPlaceholder())) {
        throw HeraldException.invalid(
            field + ".placeholder", "PLACEHOLDER_REPEATED", "Each placeholder has one source.");
      }
      if (binding.getColumn().isBlank() && binding.getText().isBlank()) {
        throw HeraldException.invalid(
            field, "SOURCE_MISSING", "A parameter takes its value from a column or is a text.");
      }
      if (binding.getTrack() && binding.getText().isBlank()) {
        throw HeraldException.invalid(
            field + ".track",
            "LINK_NOT_FIXED",
            "A tracked link is the same for everybody: give its address as the text.");
      }
    }
    return new Content.TemplateContent(
        new TemplateId(template.getTemplateId()),
        template.getParametersList().stream()
            .map(
                binding ->
                    new Binding(
                        binding.getPlaceholder(),
                        binding.getColumn().strip(),
                        binding.getTrack() ? binding.getText().strip() : binding.getText(),
                        binding.getFallback(),
                        binding.getTrack()))
            .toList());
  }

  private static Content regular(RegularContent regular) {
    boolean media = !regular.getMediaLink().isEmpty();
    if (media == regular.getMediaType().isEmpty()) {
      throw HeraldException.invalid(
          "content.regular.media_type",
          "MEDIA_TYPE_MISMATCH",
          "A media link needs a media type, and a media type a link.");
    }
    if (media && !Media.isLink(regular.getMediaLink())) {
      throw HeraldException.invalid(
          "content.regular.media_link",
          "LINK_INVALID",
          "A media link is an address that WhatsApp can fetch, beginning with https://.");
    }
    int longest = media ? MAX_CAPTION : MAX_TEXT;
    if (regular.getText().length() > longest || (!media && regular.getText().isBlank())) {
      throw HeraldException.invalid(
          "content.regular.text",
          "TEXT_LENGTH",
          "The text has 1 to "
              + MAX_TEXT
              + " characters, or as a caption at most "
              + MAX_CAPTION
              + ".");
    }
    return new Content.RegularContent(
        regular.getText(),
        regular.getPreviewUrl(),
        regular.getMediaLink(),
        regular.getMediaType(),
        regular.getTrackLinks());
  }
}
