package dev.herald.campaign.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.herald.campaign.message.Content;
import org.jspecify.annotations.Nullable;

/** A content as the database keeps it. */
final class ContentJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private record Stored(
      Content.@Nullable TemplateContent template, Content.@Nullable RegularContent regular) {}

  private ContentJson() {}

  static String write(Content content) {
    Stored stored =
        switch (content) {
          case Content.TemplateContent template -> new Stored(template, null);
          case Content.RegularContent regular -> new Stored(null, regular);
        };
    try {
      return JSON.writeValueAsString(stored);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A content cannot be written.", e);
    }
  }

  static Content read(String json) {
    try {
      Stored stored = JSON.readValue(json, Stored.class);
      if (stored.template() != null) {
        return stored.template();
      }
      if (stored.regular() != null) {
        return stored.regular();
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored content cannot be read.", e);
    }
    throw new IllegalStateException("A stored content is of no kind.");
  }
}
