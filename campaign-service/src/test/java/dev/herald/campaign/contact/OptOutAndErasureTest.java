package dev.herald.campaign.contact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.Contact;
import dev.herald.campaign.v1.ContactFilter;
import dev.herald.campaign.v1.CountContactsRequest;
import dev.herald.campaign.v1.EraseContactRequest;
import dev.herald.campaign.v1.GetContactRequest;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.ListContactsRequest;
import dev.herald.campaign.v1.NewContact;
import dev.herald.campaign.v1.SetOptOutRequest;
import dev.herald.campaign.v1.TriggerCampaignRequest;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.v1.UnwantedMessage;
import dev.herald.campaign.v1.UpsertContactsRequest;
import dev.herald.campaign.v1.UpsertContactsResponse;
import dev.herald.campaign.v1.UserPreference;
import dev.herald.common.v1.CampaignStatus;
import dev.herald.common.v1.CampaignType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever does not want messages gets none, however he said so; whoever is erased is gone. */
class OptOutAndErasureTest {
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(900);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static Contact contact(String phone) {
    return stage
        .contacts()
        .getContact(GetContactRequest.newBuilder().setPhone(phone).build())
        .getContact();
  }

  private static void byHand(String phone, boolean optedOut) {
    stage
        .contacts()
        .setOptOut(SetOptOutRequest.newBuilder().setPhone(phone).setOptedOut(optedOut).build());
  }

  private static void says(String from, String text, Instant time) {
    assertThat(
            stage.tell(
                Stage.event(channel, time)
                    .setMessage(
                        InboundMessage.newBuilder()
                            .setFrom(from)
                            .setWamid("wamid." + System.nanoTime())
                            .setType("text")
                            .setText(text))
                    .build()))
        .isEmpty();
  }

  private static void prefers(String from, String value, Instant time) {
    assertThat(
            stage.tell(
                Stage.event(channel, time)
                    .setPreference(UserPreference.newBuilder().setFrom(from).setValue(value))
                    .build()))
        .isEmpty();
  }

  @Test
  void aKeywordStopsAndAnotherStarts() {
    Instant now = Instant.now();
    says("919860000001", "  Stop. ", now.minusSeconds(60));
    assertThat(contact("+919860000001").getOptedOut()).isTrue();
    assertThat(contact("+919860000001").getOptOutSource()).isEqualTo("keyword");
    says("919860000001", "please do not stop", now.minusSeconds(50));
    assertThat(contact("+919860000001").getOptedOut()).isTrue();
    says("919860000001", "START", now.minusSeconds(40));
    assertThat(contact("+919860000001").getOptedOut()).isFalse();
    // The first one once more, late: the newer wish stands.
    says("919860000001", "STOP", now.minusSeconds(60));
    assertThat(contact("+919860000001").getOptedOut()).isFalse();
  }

  @Test
  void aPreferenceInWhatsAppStopsAndResumes() {
    Instant now = Instant.now();
    prefers("919860000002", "stop", now.minusSeconds(9));
    assertThat(contact("+919860000002").getOptOutSource()).isEqualTo("whatsapp");
    prefers("919860000002", "resume", now.minusSeconds(8));
    assertThat(contact("+919860000002").getOptedOut()).isFalse();
  }

  @Test
  void aPersonOptsOutByHandAndInAgain() {
    byHand("+919860000003", true);
    assertThat(contact("+919860000003").getOptOutSource()).isEqualTo("by_user");
    byHand("+919860000003", false);
    assertThat(contact("+919860000003").getOptedOut()).isFalse();
  }

  @Test
  void aMessageFailedBecauseThePersonStoppedMarketingOptsOutWhomItWasSentTo() {
    Campaign sent = sendTo("+919860000004", "+5511961234567");
    assertThat(
            stage.tell(
                Stage.event(channel)
                    .setUnwanted(
                        UnwantedMessage.newBuilder().setCampaignId(sent.getId()).setOrdinal(1))
                    .build()))
        .isEmpty();
    assertThat(contact("+5511961234567").getOptOutSource()).isEqualTo("error_131050");
    assertThat(contact("+919860000004").getOptedOut()).isFalse();
  }

  @Test
  void aWhatsAppIdThatDiffersFromTheNumberIsTheSamePerson() {
    sendTo("+5531991234567", "+525512345678");
    says("553191234567", "STOP", Instant.now());
    says("5215512345678", "STOP", Instant.now());
    assertThat(contact("+5531991234567").getOptedOut()).isTrue();
    assertThat(contact("+525512345678").getOptedOut()).isTrue();
  }

  private static Campaign sendTo(String... phones) {
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(
        draft.getId(),
        "phone,name,first_name\n" + String.join(",Asha Rao,Asha\n", phones) + ",Asha Rao,Asha\n");
    stage.launch(draft.getId());
    return stage.awaitStatus(draft.getId(), CampaignStatus.SENT);
  }

  @Test
  void afterErasureNoRowHoldsTheNumberOrTheNameAndCountsStay() {
    String digits = "919860777123";
    Campaign broadcast = sendTo("+" + digits, "+919860000008");
    Campaign api =
        stage.launch(
            stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.API).getId());
    TriggerCampaignRequest trigger =
        TriggerCampaignRequest.newBuilder()
            .setCampaignId(api.getId())
            .setRequestId("erase-1")
            .addRecipients(
                TriggerRecipient.newBuilder()
                    .setPhone("+" + digits)
                    .setName("Asha Rao")
                    .putParameters("body.1", "Asha Rao"))
            .build();
    stage.campaigns().triggerCampaign(trigger);
    // Refused, with the number in the row, and kept as an error.
    Campaign draft =
        stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
    stage.upload(draft.getId(), "phone,first_name\n+" + digits + ",\n+" + digits + ",Asha Rao\n");
    byHand("+" + digits, true);
    says(digits, "hello", Instant.now());
    assertThat(tablesThatHold(digits)).contains("contact", "recipient");

    int erased =
        stage
            .contacts()
            .eraseContact(EraseContactRequest.newBuilder().setPhone("+" + digits).build())
            .getRecipientsErased();

    assertThat(erased).isEqualTo(3);
    assertThat(tablesThatHold(digits)).isEmpty();
    assertThat(tablesThatHold("9860777123")).isEmpty();
    assertThat(Stage.reasonOf(() -> contact("+" + digits))).isEqualTo("CONTACT_NOT_FOUND");
    assertThat(stage.get(broadcast.getId()).getAudience()).isEqualTo(2);
    assertThat(stage.get(broadcast.getId()).getAttempted()).isEqualTo(2);
    // The call repeated: the same answer, without the number, and no second message.
    var again = stage.campaigns().triggerCampaign(trigger);
    assertThat(again.getResults(0).getErrorReason()).isEmpty();
    assertThat(again.getResults(0).getPhone()).isEmpty();
    assertThat(tablesThatHold(digits)).isEmpty();
    // Whoever was opted out when erased stays so when somebody brings the number back.
    sendTo("+" + digits);
    assertThat(contact("+" + digits).getOptedOut()).isTrue();
  }

  // Every column of every table, as text and as bytes.
  private static Set<String> tablesThatHold(String digits) {
    return stage.query(
        handle -> {
          List<String> tables =
              handle
                  .createQuery(
                      "select table_name from information_schema.tables"
                          + " where table_schema = 'campaign' and table_type = 'BASE TABLE'")
                  .mapTo(String.class)
                  .list();
          Set<String> holding = new HashSet<>();
          for (String table : tables) {
            List<String> bytes =
                handle
                    .createQuery(
                        "select column_name from information_schema.columns where table_schema ="
                            + " 'campaign' and table_name = :table and data_type = 'bytea'")
                    .bind("table", table)
                    .mapTo(String.class)
                    .list();
            StringBuilder where = new StringBuilder("position(:digits in t::text) > 0");
            bytes.forEach(
                column ->
                    where.append(
                        " or position(cast(:digits as bytea) in t.\"" + column + "\") > 0"));
            boolean holds =
                handle
                    .createQuery(
                        "select exists (select from \"" + table + "\" t where " + where + ")")
                    .bind("digits", digits)
                    .mapTo(Boolean.class)
                    .one();
            if (holds) {
              holding.add(table);
            }
          }
          return holding;
        });
  }

  @Test
  void contactsAreMergedListedPageByPageAndCounted() {
    UpsertContactsResponse first =
        upsert(person("+919870000001", "Asha", "a"), person("bad", "x", "a"));
    assertThat(first.getCreated()).isOne();
    assertThat(first.getErrors(0).getIndex()).isOne();
    assertThat(first.getErrors(0).getField()).isEqualTo("phone");
    UpsertContactsResponse second =
        upsert(
            person("+919870000001", "", "b"),
            person("+919870000002", "Bela", "a"),
            person("+919870000003", "Chitra", "a"));
    assertThat(second.getUpdated()).isOne();
    assertThat(second.getCreated()).isEqualTo(2);
    assertThat(contact("+919870000001").getTagsList()).containsExactly("a", "b");
    assertThat(contact("+919870000001").getName()).isEqualTo("Asha");
    ContactFilter filter = ContactFilter.newBuilder().addTags("a").build();
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      var page =
          stage
              .contacts()
              .listContacts(
                  ListContactsRequest.newBuilder()
                      .setFilter(filter)
                      .setPageSize(1)
                      .setPageToken(token)
                      .build());
      page.getContactsList().forEach(one -> names.add(one.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).containsExactlyInAnyOrder("Asha", "Bela", "Chitra");
    assertThat(
            stage
                .contacts()
                .countContacts(CountContactsRequest.newBuilder().setFilter(filter).build())
                .getCount())
        .isEqualTo(3);
  }

  private static UpsertContactsResponse upsert(NewContact... people) {
    return stage
        .contacts()
        .upsertContacts(UpsertContactsRequest.newBuilder().addAllContacts(List.of(people)).build());
  }

  private static NewContact person(String phone, String name, String tag) {
    return NewContact.newBuilder().setPhone(phone).setName(name).addTags(tag).build();
  }
}
