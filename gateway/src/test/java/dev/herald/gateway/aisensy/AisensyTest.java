package dev.herald.gateway.aisensy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.v1.Contact;
import dev.herald.campaign.v1.ContactServiceGrpc;
import dev.herald.campaign.v1.GetContactResponse;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.runtime.access.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AisensyTest extends AisensyFixture {

  @Test
  void aCallIsTakenAndAnsweredAsAisensyDoes() {
    for (String path : List.of("/campaign/t1/api", SEND, "/campaign/smartping/api/v2")) {
      Answer answer =
          send(
              path,
              """
              {"apiKey":"%s","campaignName":"%s","destination":"+919876543210","userName":"Asha",
               "source":"shop","media":{"url":"https://example.com/a.png","filename":"a.png"},
               "templateParams":["Asha",42],"tags":["vip"],"attributes":{"city":"Pune"},
               "buttons":[{"type":"button","sub_type":"url","index":"0",
                           "parameters":[{"type":"text","text":"track/7"}]}],
               "carouselCards":[],"location":{},"meta_data":[],"unknown":{"a":[1]}}
              """
                  .formatted(TestGateway.OWNER_KEY, name));

      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
      assertThat(answer.text())
          .isEqualTo("{\"success\":\"true\",\"submitted_message_id\":\"" + UUID + "\"}");
    }
    TriggerCampaignRequest asked = triggered().getLast();
    assertThat(asked.getCampaignId()).isEqualTo(77);
    assertThat(asked.getRequestId()).isNotEmpty();
    TriggerRecipient recipient = asked.getRecipients(0);
    assertThat(recipient.getPhone()).isEqualTo("+919876543210");
    assertThat(recipient.getName()).isEqualTo("Asha");
    assertThat(recipient.getTagsList()).containsExactly("vip");
    assertThat(recipient.getAttributesMap()).isEqualTo(Map.of("city", "Pune", "source", "shop"));
    assertThat(recipient.getParametersMap())
        .isEqualTo(
            Map.of(
                "header.media", "https://example.com/a.png",
                "body.1", "Asha",
                "body.2", "42",
                "button.0.1", "track/7"));
  }

  @Test
  void emptyContainersCountAsAbsent() {
    campaign("body.1");
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"919876543210","userName":"A",
             "templateParams":["x"],"media":{},"buttons":[],"carouselCards":[],"location":{},
             "attributes":{},"paramsFallbackValue":{},"tags":[],"meta_data":[]}
            """
                .formatted(TestGateway.OWNER_KEY, name));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getParametersMap())
        .isEqualTo(Map.of("body.1", "x"));
  }

  @ParameterizedTest
  @CsvSource({
    "+919876543210,,+919876543210",
    "919876543210,,+919876543210",
    "9876543210,,+919876543210",
    "+1 415 555 2671,,+14155552671",
    "14155552671,,+14155552671",
    "0171 2345678,DE,+491712345678",
    "09876543210,IN,+919876543210"
  })
  void numbersComeInManySpellings(String destination, String country, String expected) {
    campaign("body.1");
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"%s","userName":"A",
             "templateParams":["x"],"defaultCountryCode":"%s"}
            """
                .formatted(
                    TestGateway.OWNER_KEY, name, destination, country == null ? "" : country));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getPhone()).isEqualTo(expected);
  }

  @Test
  void errorsAreThoseThatClientsKnow() {
    campaign("body.1");
    expect(400, "Campaign does not exist.", body("nobody's campaign", "919876543210", "[\"x\"]"));
    expect(400, "Invalid Number", body(name, "12", "[\"x\"]"));
    expect(400, "Invalid Number", body(name, "not a number", "[\"x\"]"));
    expect(400, "Template params does not match the campaign", body(name, "919876543210", "[]"));
    expect(
        400,
        "Template params does not match the campaign",
        body(name, "919876543210", "[\"a\",\"b\"]"));
    expect(401, "Invalid API key", body(name, "919876543210", "[\"x\"]").replace("hk_", "xx_"));
    expect(400, "The body must be a JSON object", "[]");
    expect(400, "The body must be a JSON object", "{");

    refuseTrigger("INSUFFICIENT_FUNDS");
    Answer poor =
        expect(
            402,
            "Insufficient WhatsApp Conversation Credits (WCC)!",
            body(name, "919876543210", "[\"x\"]"));
    assertThat(poor.json().path("name").asText()).isEqualTo("ERR402");
    assertThat(poor.json().path("errorCode").asInt()).isEqualTo(402);
    assertThat(poor.json().path("aisTraceId").asText()).startsWith("ais_");

    refuseTrigger("CAMPAIGN_NOT_LIVE");
    expect(400, "Campaign is not live.", body(name, "919876543210", "[\"x\"]"));
  }

  @Test
  void mediaThatTheCampaignNeedsMustCome() {
    expect(400, "Media URL Missing", body(name, "919876543210", "[\"a\",\"b\"]"));
  }

  @Test
  void aViewersKeyCannotSend() {
    Answer answer =
        send(
            SEND,
            body(name, "919876543210", "[\"x\"]")
                .replace(TestGateway.OWNER_KEY, herald.key(Role.VIEWER)));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(triggered()).isEmpty();
  }

  @Test
  void variablesStandForWhatIsKnownOfThePerson() {
    campaign("body.1", "body.2", "body.3", "body.4");
    herald
        .services()
        .answer(
            ContactServiceGrpc.getGetContactMethod(),
            GetContactResponse.newBuilder()
                .setContact(Contact.newBuilder().setName("Asha Rao").putAttributes("city", "Pune"))
                .build());
    Answer answer =
        send(
            SEND,
            """
            {"apiKey":"%s","campaignName":"%s","destination":"919876543210","userName":"Asha Rao",
             "templateParams":["$FirstName","$city","$colour","$5 off"],
             "paramsFallbackValue":{"FirstName":"user","colour":"blue"}}
            """
                .formatted(TestGateway.OWNER_KEY, name));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triggered().getFirst().getRecipients(0).getParametersMap())
        .isEqualTo(
            Map.of("body.1", "Asha", "body.2", "Pune", "body.3", "blue", "body.4", "$5 off"));
  }
}
