package dev.herald.gateway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.BatchGetRecipientsRequest;
import dev.herald.campaign.v1.Recipient;
import dev.herald.gateway.docs.Schemas;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages with the person each went to: analytics knows no phone numbers, campaign knows no
 * outcomes.
 */
final class MessageList implements Answer {

  @Override
  public String json(Call call, Message answer) {
    ListMessagesResponse page = (ListMessagesResponse) answer;
    List<dev.herald.analytics.v1.Message> messages = page.getMessagesList();
    Map<Integer, Recipient> recipients =
        messages.isEmpty()
            ? Map.of()
            : recipients(
                call,
                messages.getFirst().getCampaignId(),
                messages.stream().map(dev.herald.analytics.v1.Message::getOrdinal).toList());
    String list =
        messages.stream()
            .map(message -> json(message, recipients.get(message.getOrdinal())))
            .collect(Collectors.joining(",", "{\"messages\":[", "]}"));
    String rest = ProtoJson.print(page.toBuilder().clearMessages().build());
    return ProtoJson.join(list, rest.replaceFirst("\"messages\":\\[],?", ""));
  }

  @Override
  public ObjectNode describe(ObjectNode schema, Schemas schemas) {
    ObjectNode properties = (ObjectNode) schema.get("properties");
    ObjectNode message = JsonTree.MAPPER.createObjectNode();
    ArrayNode both =
        message
            .putArray("allOf")
            .add(schemas.reference(dev.herald.analytics.v1.Message.getDescriptor()));
    ObjectNode recipient =
        both.addObject().put("type", "object").putObject("properties").putObject("recipient");
    recipient.put("type", "object").put("description", "The person it went to.");
    ObjectNode person = recipient.putObject("properties");
    person.putObject("phone").put("type", "string").put("description", "E.164.");
    person.putObject("name").put("type", "string");
    properties.putObject("messages").put("type", "array").set("items", message);
    return schema;
  }

  /** The named recipients of a campaign, by ordinal. */
  static Map<Integer, Recipient> recipients(
      Call call, long campaignId, Collection<Integer> ordinals) {
    var request =
        BatchGetRecipientsRequest.newBuilder()
            .setCampaignId(campaignId)
            .addAllOrdinals(ordinals)
            .build();
    return call
        .call(AudienceServiceGrpc.getBatchGetRecipientsMethod(), request)
        .getRecipientsList()
        .stream()
        .collect(Collectors.toMap(Recipient::getOrdinal, Function.identity()));
  }

  private static String json(
      dev.herald.analytics.v1.Message message, @Nullable Recipient recipient) {
    String plain = ProtoJson.print(message);
    return recipient == null
        ? plain
        : ProtoJson.join(plain, "{\"recipient\":" + person(recipient) + "}");
  }

  private static String person(Recipient recipient) {
    return JsonTree.MAPPER
        .createObjectNode()
        .put("phone", recipient.getPhone())
        .put("name", recipient.getName())
        .toString();
  }
}
