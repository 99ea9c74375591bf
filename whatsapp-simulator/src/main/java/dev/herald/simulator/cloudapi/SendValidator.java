package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.error.ErrorCode;
import dev.herald.simulator.error.GraphError;
import dev.herald.simulator.error.GraphException;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.template.Template;
import java.util.List;
import java.util.Set;

/** Checks the body of a send as Meta does, in Meta's order and with Meta's errors. */
final class SendValidator {
  static final int MOST_CALLBACK_CHARACTERS = 512;

  private static final int MOST_TEXT_CHARACTERS = 4096;
  private static final Set<String> MEDIA = Set.of("image", "video", "audio", "document", "sticker");
  private static final Set<String> OTHERS =
      Set.of("interactive", "location", "contacts", "reaction");

  private final MediaStore media;

  SendValidator(MediaStore media) {
    this.media = media;
  }

  /** The checks of the Graph layer, which need no knowledge of the message. */
  void checkEnvelope(JsonNode body) {
    if (!body.path("messaging_product").isTextual()) {
      throw refuse(GraphError.parameter("The parameter messaging_product is required."));
    }
    if (!body.path("messaging_product").textValue().equals("whatsapp")) {
      throw refuse(
          GraphError.parameter(
              "Param messaging_product must be one of {WHATSAPP} - got \"%s\"."
                  .formatted(body.path("messaging_product").textValue())));
    }
    String recipientType = body.path("recipient_type").asText("individual");
    if (!recipientType.equals("individual")) {
      throw refuse(
          GraphError.parameter(
              "Param recipient_type must be one of {INDIVIDUAL} - got \"" + recipientType + "\"."));
    }
    if (!body.hasNonNull("to")) {
      throw refuse(
          body.hasNonNull("recipient")
              ? ErrorCode.PARAMETER_INVALID.answer(
                  "This simulator sends to phone numbers only, in the parameter to")
              : GraphError.parameter("The parameter to is required."));
    }
    if (!body.path("to").isTextual()) {
      throw refuse(GraphError.parameter("Param to must be a string."));
    }
    checkCallback(body.path("biz_opaque_callback_data"));
  }

  private static void checkCallback(JsonNode callback) {
    if (callback.isMissingNode() || callback.isNull()) {
      return;
    }
    if (!callback.isTextual()) {
      throw refuse(GraphError.parameter("Param biz_opaque_callback_data must be a string."));
    }
    String text = callback.textValue();
    if (text.codePointCount(0, text.length()) > MOST_CALLBACK_CHARACTERS) {
      throw refuse(
          GraphError.parameter(
              "Param biz_opaque_callback_data must be at most "
                  + MOST_CALLBACK_CHARACTERS
                  + " characters long."));
    }
  }

  /** Everything else: the recipient, then the message itself. */
  Send check(JsonNode body, PhoneNumber sender, long to) {
    if (Long.toString(to).equals(sender.digits())) {
      throw refuse(ErrorCode.RECIPIENT_IS_SENDER.answer());
    }
    String type = body.path("type").asText("text");
    if (type.equals("template")) {
      return template(body.path("template"), sender.account());
    }
    boolean link = false;
    if (type.equals("text")) {
      text(body.path("text"));
    } else if (MEDIA.contains(type)) {
      link = media(body.path(type), type);
    } else if (OTHERS.contains(type)) {
      if (!body.path(type).isContainerNode()) {
        throw refuse(
            ErrorCode.PARAMETER_MISSING.answer(
                "Parameter " + type + " is required for messages of this type"));
      }
    } else {
      throw refuse(
          GraphError.parameter(
              "Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION,"
                  + " REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got \""
                  + type
                  + "\"."));
    }
    return new Send(MessageKind.SERVICE, null, link, null);
  }

  private static void text(JsonNode text) {
    String body = text.path("body").asText();
    if (body.isBlank()) {
      throw refuse(ErrorCode.PARAMETER_MISSING.answer("The parameter text['body'] is required."));
    }
    if (body.codePointCount(0, body.length()) > MOST_TEXT_CHARACTERS) {
      throw refuse(
          GraphError.parameter(
              "Param text['body'] must be at most " + MOST_TEXT_CHARACTERS + " characters long."));
    }
  }

  /** Checks a reference to a file; true if WhatsApp has to fetch it. */
  boolean media(JsonNode file, String type) {
    String id = file.path("id").asText();
    String link = file.path("link").asText();
    if (!id.isEmpty()) {
      if (!media.knows(id)) {
        throw refuse(
            ErrorCode.PARAMETER_INVALID.answer(
                "Media id " + id + " does not exist or has expired"));
      }
      return false;
    }
    if (link.startsWith("https://") || link.startsWith("http://")) {
      return true;
    }
    throw refuse(
        link.isEmpty()
            ? ErrorCode.PARAMETER_MISSING.answer("Parameter " + type + " needs an id or a link")
            : ErrorCode.PARAMETER_INVALID.answer(
                "Parameter " + type + "['link'] is not a valid URL"));
  }

  private Send template(JsonNode sent, BusinessAccount account) {
    String name = sent.path("name").asText();
    String language = sent.path("language").path("code").asText();
    if (name.isEmpty()) {
      throw refuse(
          ErrorCode.PARAMETER_MISSING.answer("The parameter template['name'] is required."));
    }
    if (language.isEmpty()) {
      throw refuse(
          ErrorCode.PARAMETER_MISSING.answer(
              "The parameter template['language']['code'] is required."));
    }
    Template template =
        account.templates().find(name, language).orElseThrow(() -> refuse(missing(name, language)));
    switch (template.status()) {
      case APPROVED, FLAGGED, LOCKED -> {}
      case PAUSED -> throw refuse(ErrorCode.TEMPLATE_PAUSED.answer());
      case DISABLED -> throw refuse(ErrorCode.TEMPLATE_DISABLED.answer());
      case PENDING, REJECTED, IN_APPEAL, PENDING_DELETION, DELETED, LIMIT_EXCEEDED, ARCHIVED ->
          throw refuse(missing(name, language));
    }
    TemplateParameters parameters = new TemplateParameters(template, sent.path("components"), this);
    return new Send(template.category(), template, parameters.check(), parameters.tap());
  }

  private static GraphError missing(String name, String language) {
    return ErrorCode.TEMPLATE_MISSING.answer(
        "template name (" + name + ") does not exist in " + language);
  }

  static GraphException refuse(GraphError error) {
    return new GraphException(error);
  }

  /** The callback data; empty when there is none. */
  static String callback(JsonNode body) {
    return body.path("biz_opaque_callback_data").asText("");
  }

  static List<String> mediaTypes() {
    return List.of("image", "video", "document");
  }
}
