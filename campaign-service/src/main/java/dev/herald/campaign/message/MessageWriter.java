package dev.herald.campaign.message;

import dev.herald.campaign.message.Content.RegularContent;
import dev.herald.campaign.message.Content.TemplateContent;
import dev.herald.campaign.template.Component;
import dev.herald.campaign.template.Placeholder;
import dev.herald.campaign.template.Template;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the body of a send call. What is the same for everybody is written once; per recipient
 * only the gaps are filled.
 */
public final class MessageWriter {
  private final List<Part> parts;

  private MessageWriter(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  private sealed interface Part {
    /** JSON as it stands. */
    record Fixed(String json) implements Part {}

    /** The inside of a JSON string. */
    record Gap(String placeholder) implements Part {}

    /** The number, with its plus. */
    record To() implements Part {}

    /** The key that comes back with every status. */
    record Callback() implements Part {}

    /** The whole text of a regular message, filled. */
    record Text() implements Part {}

    /** A media id is digits, everything else is a link. */
    record Media(String placeholder) implements Part {}
  }

  private static final class Builder {
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder fixed = new StringBuilder();

    Builder json(String json) {
      fixed.append(json);
      return this;
    }

    Builder text(String text) {
      fixed.append('"');
      escape(text, fixed);
      fixed.append('"');
      return this;
    }

    Builder part(Part part) {
      if (!fixed.isEmpty()) {
        parts.add(new Part.Fixed(fixed.toString()));
        fixed.setLength(0);
      }
      parts.add(part);
      return this;
    }

    Builder gap(String placeholder) {
      return json("\"").part(new Part.Gap(placeholder)).json("\"");
    }

    MessageWriter build() {
      if (!fixed.isEmpty()) {
        parts.add(new Part.Fixed(fixed.toString()));
      }
      return new MessageWriter(parts);
    }
  }

  public static MessageWriter of(TemplateContent content, Template template) {
    Builder json = start("template").json(",\"template\":{\"name\":").text(template.name());
    json.json(",\"language\":{\"code\":").text(template.language()).json("}");
    Listing components = new Listing(json, ",\"components\":[", "]");
    int button = 0;
    for (Component component : template.components()) {
      switch (component.kind()) {
        case HEADER -> header(component, template.named(), components);
        case BODY -> texts("body", component, template.named(), components);
        case BUTTON -> {
          button(component, button, components);
          button++;
        }
        case FOOTER, UNKNOWN -> {}
      }
    }
    components.end();
    return json.json("}}").build();
  }

  private static void header(Component header, boolean named, Listing components) {
    if (!header.isMediaHeader()) {
      texts("header", header, named, components);
      return;
    }
    String type = header.format().toLowerCase(java.util.Locale.ROOT);
    components
        .next()
        .json("{\"type\":\"header\",\"parameters\":[{\"type\":\"" + type + "\",\"" + type + "\":{")
        .part(new Part.Media(Template.MEDIA))
        .json("}}]}");
  }

  private static void texts(String type, Component component, boolean named, Listing components) {
    List<String> names = Placeholder.in(component.text());
    if (names.isEmpty()) {
      return;
    }
    Builder json = components.next().json("{\"type\":\"" + type + "\",\"parameters\":[");
    for (int i = 0; i < names.size(); i++) {
      json.json(i == 0 ? "{\"type\":\"text\"," : ",{\"type\":\"text\",");
      if (named) {
        json.json("\"parameter_name\":").text(names.get(i)).json(",");
      }
      json.json("\"text\":").gap(type + "." + names.get(i)).json("}");
    }
    json.json("]}");
  }

  private static void button(Component button, int index, Listing components) {
    String gap = "button." + index + ".1";
    switch (button.format()) {
      case "QUICK_REPLY" ->
          // The payload names the message, so that a tap is attributed without guessing.
          open(components, "quick_reply", index)
              .json("{\"type\":\"payload\",\"payload\":\"")
              .part(new Part.Callback())
              .json("\"}]}");
      case "COPY_CODE" ->
          open(components, "copy_code", index)
              .json("{\"type\":\"coupon_code\",\"coupon_code\":")
              .gap(gap)
              .json("}]}");
      case "URL", "OTP" -> {
        if (button.isFilledButton()) {
          open(components, "url", index).json("{\"type\":\"text\",\"text\":").gap(gap).json("}]}");
        }
      }
      default -> {}
    }
  }

  private static Builder open(Listing components, String subType, int index) {
    return components
        .next()
        .json(
            "{\"type\":\"button\",\"sub_type\":\""
                + subType
                + "\",\"index\":\""
                + index
                + "\",\"parameters\":[");
  }

  public static MessageWriter of(RegularContent content) {
    if (content.mediaLink().isEmpty()) {
      return start("text")
          .json(",\"text\":{\"preview_url\":" + content.previewUrl() + ",\"body\":\"")
          .part(new Part.Text())
          .json("\"}}")
          .build();
    }
    Builder json = start(content.mediaType());
    json.json(",\"" + content.mediaType() + "\":{\"link\":").text(content.mediaLink());
    if (!content.text().isEmpty()) {
      json.json(",\"caption\":\"").part(new Part.Text()).json("\"");
    }
    return json.json("}}").build();
  }

  private static Builder start(String type) {
    return new Builder()
        .json("{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"")
        .part(new Part.To())
        .json("\",\"type\":\"" + type + "\",\"biz_opaque_callback_data\":\"")
        .part(new Part.Callback())
        .json("\"");
  }

  /**
   * The body for one recipient.
   *
   * @param content the content this writer was made for
   * @param callback the message's key, as it travels
   */
  public byte[] write(Content content, ParameterPlan plan, Values values, String callback) {
    StringBuilder json = new StringBuilder(512);
    for (Part part : parts) {
      switch (part) {
        case Part.Fixed fixed -> json.append(fixed.json());
        case Part.To to -> json.append(values.phone());
        case Part.Callback key -> json.append(callback);
        case Part.Gap gap -> escape(plan.value(gap.placeholder(), values), json);
        case Part.Media media -> media(plan.value(media.placeholder(), values), json);
        case Part.Text text -> escape(text(content, plan, values), json);
      }
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Content content, ParameterPlan plan, Values values) {
    if (!(content instanceof RegularContent regular)) {
      return "";
    }
    var links = values.links();
    String text = links == null ? regular.text() : Links.replaced(regular, links);
    return Placeholder.fill(text, name -> plan.value(name, values));
  }

  private static void media(String value, StringBuilder json) {
    boolean id = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    json.append(id ? "\"id\":\"" : "\"link\":\"");
    escape(value, json);
    json.append('"');
  }

  private static void escape(String text, StringBuilder json) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20 || (Character.isSurrogate(c) && !isPaired(text, i))) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
  }

  private static boolean isPaired(String text, int index) {
    char c = text.charAt(index);
    return Character.isHighSurrogate(c)
        ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
  }

  /** A JSON list that is left out when it is empty. */
  private static final class Listing {
    private final Builder json;
    private final String open;
    private final String close;
    private boolean empty = true;

    Listing(Builder json, String open, String close) {
      this.json = json;
      this.open = open;
      this.close = close;
    }

    Builder next() {
      json.json(empty ? open : ",");
      empty = false;
      return json;
    }

    void end() {
      if (!empty) {
        json.json(close);
      }
    }
  }
}
