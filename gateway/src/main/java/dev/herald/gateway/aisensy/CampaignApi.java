package dev.herald.gateway.aisensy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.campaign.v1.CampaignServiceGrpc;
import dev.herald.campaign.v1.Contact;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.GetContactRequest;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.TriggerResult;
import dev.herald.gateway.api.Call;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** AiSensy's campaign API: one message to one person by a live API campaign. */
final class CampaignApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUCCESS = "true";
  private static final String VARIABLE = "$";

  private final Campaigns campaigns = new Campaigns();

  /** Sends, or rather takes: the answer comes when the message is durable, not when it has left. */
  String send(Call call, CampaignCall request, Optional<String> idempotencyKey) {
    LiveCampaign campaign = campaigns.find(call, request.campaignName());
    String phone =
        Destination.parse(request.destination(), request.defaultCountry())
            .orElseThrow(AisensyError::invalidNumber);
    Map<String, String> values = campaign.values(request, parameters(call, request, phone));
    TriggerResult result =
        call.call(
                CampaignServiceGrpc.getTriggerCampaignMethod(),
                TriggerCampaignRequest.newBuilder()
                    .setCampaignId(campaign.id())
                    .addRecipients(recipient(request, phone, values))
                    .setRequestId(idempotencyKey.orElseGet(() -> UUID.randomUUID().toString()))
                    .build())
            .getResults(0);
    if (!result.getErrorReason().isEmpty()) {
      throw HeraldException.of(Kind.INVALID, result.getErrorReason(), result.getErrorMessage());
    }
    return JSON.createObjectNode()
        .put("success", SUCCESS)
        .put("submitted_message_id", result.getMessageId())
        .toString();
  }

  /**
   * What a call of the campaign must bring; clients build their forms from it and test their key by
   * it.
   */
  String details(Call call, CampaignCall request) {
    LiveCampaign campaign = campaigns.find(call, request.campaignName());
    ObjectNode answer = JSON.createObjectNode().put("success", SUCCESS);
    ObjectNode body = answer.putObject("requestBody");
    body.put("campaignName", request.campaignName());
    ArrayNode parameters = body.putArray("templateParams");
    campaign.variables().forEach(parameters::add);
    if (campaign.needsMedia()) {
      body.putObject("media").put("url", "").put("filename", "");
    }
    if (!campaign.buttons().isEmpty()) {
      ArrayNode buttons = body.putArray("buttons");
      for (String placeholder : campaign.buttons()) {
        ObjectNode button = buttons.addObject().put("type", "button").put("sub_type", "url");
        button.put("index", Integer.parseInt(placeholder.split("\\.", -1)[1]));
        button.putArray("parameters").addObject().put("type", "text").put("text", "");
      }
    }
    return answer.toString();
  }

  private static TriggerRecipient recipient(
      CampaignCall request, String phone, Map<String, String> values) {
    TriggerRecipient.Builder recipient =
        TriggerRecipient.newBuilder()
            .setPhone(phone)
            .setName(request.userName())
            .putAllParameters(values)
            .putAllAttributes(request.attributes())
            .addAllTags(request.tags());
    if (!request.source().isEmpty()) {
      recipient.putAttributes("source", request.source());
    }
    return recipient.build();
  }

  // "$FirstName" stands for something known of the person: what the call says, then what is stored.
  private static List<String> parameters(Call call, CampaignCall request, String phone) {
    if (request.parameters().stream().noneMatch(CampaignApi::isVariable)) {
      return request.parameters();
    }
    Map<String, String> known = known(call, request, phone);
    return request.parameters().stream()
        .map(parameter -> isVariable(parameter) ? resolved(parameter, known, request) : parameter)
        .toList();
  }

  private static boolean isVariable(String parameter) {
    return parameter.startsWith(VARIABLE) && parameter.length() > 1;
  }

  private static String resolved(
      String parameter, Map<String, String> known, CampaignCall request) {
    String name = parameter.substring(VARIABLE.length());
    String value = known.getOrDefault(name, "");
    return value.isBlank() ? request.fallbacks().getOrDefault(name, parameter) : value;
  }

  private static Map<String, String> known(Call call, CampaignCall request, String phone) {
    Map<String, String> known = new HashMap<>(stored(call, phone));
    known.putAll(request.attributes());
    String name =
        request.userName().isBlank() ? known.getOrDefault("name", "") : request.userName();
    String[] words = name.strip().split("\\s+", 2);
    known.putIfAbsent("Name", name.strip());
    known.putIfAbsent("UserName", name.strip());
    known.putIfAbsent("FirstName", words[0]);
    known.putIfAbsent("LastName", words.length > 1 ? words[1] : "");
    known.putIfAbsent("Phone", phone);
    return known;
  }

  private static Map<String, String> stored(Call call, String phone) {
    try {
      Contact contact =
          call.call(
                  ContactServiceGrpc.getGetContactMethod(),
                  GetContactRequest.newBuilder().setPhone(phone).build())
              .getContact();
      Map<String, String> attributes = new HashMap<>(contact.getAttributesMap());
      attributes.putIfAbsent("name", contact.getName());
      return attributes;
    } catch (HeraldException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Map.of();
      }
      throw e;
    }
  }
}
