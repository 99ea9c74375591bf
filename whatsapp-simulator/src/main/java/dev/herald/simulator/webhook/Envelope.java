package dev.herald.simulator.webhook;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.account.WaIds;
import dev.herald.simulator.journal.ButtonTap;
import dev.herald.simulator.journal.Journal;
import dev.herald.simulator.journal.Message;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Update;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Writes the body of one webhook post, in the shape of Meta's references. */
final class Envelope {
  private static final int LAYOUTS = 3;
  private static final int LAYOUT_CHANGE_PER_UPDATE = 1;
  private static final int LAYOUT_ENTRY_PER_UPDATE = 2;

  /**
   * Profile names in several scripts: a receiver that re-serialises JSON before verifying it
   * stumbles here.
   */
  private static final List<String> PROFILE_NAMES =
      List.of(
          "Contact",
          "Contacto",
          "Contato",
          "Kontakt über",
          "İletişim",
          "Επαφή",
          "संपर्क",
          "連絡先",
          "جهة اتصال",
          "📱 contact");

  private static final List<String> REPLIES =
      List.of(
          "Thank you!",
          "Yes, please",
          "How much is it?",
          "Quero saber mais, por favor",
          "¿Cuánto cuesta?",
          "क्या यह उपलब्ध है?",
          "👍");

  private final Scenario scenario;
  private final Journal journal;
  private final LongFunction<@Nullable Extra> extras;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(16_384);
  private final JsonGenerator json;
  private final StatusWriter statuses;

  /** What may share one {@code change}: the same account, field, phone number and array. */
  private record Group(
      BusinessAccount account, String field, @Nullable PhoneNumber number, String array) {}

  /** An update with what its content is made from. */
  private record Item(UpdateRef ref, @Nullable Message message, @Nullable Extra extra) {}

  Envelope(Scenario scenario, Journal journal, LongFunction<@Nullable Extra> extras) {
    this.scenario = scenario;
    this.journal = journal;
    this.extras = extras;
    try {
      this.json = Json.META.createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.statuses = new StatusWriter(scenario, json);
  }

  /**
   * The body that tells these updates; updates of forgotten messages are left out. Empty if none is
   * left.
   */
  byte[] of(List<UpdateRef> updates, long post) {
    List<Map.Entry<Group, List<Item>>> groups =
        grouped(updates, scenario.postLayout(post, LAYOUTS));
    if (groups.isEmpty()) {
      return new byte[0];
    }
    boolean entryEach = scenario.postLayout(post, LAYOUTS) == LAYOUT_ENTRY_PER_UPDATE;
    try {
      json.writeStartObject();
      json.writeStringField("object", "whatsapp_business_account");
      json.writeArrayFieldStart("entry");
      BusinessAccount open = null;
      for (Map.Entry<Group, List<Item>> group : groups) {
        BusinessAccount account = group.getKey().account();
        if (open == null || entryEach || !open.equals(account)) {
          closeEntry(open);
          openEntry(group.getKey(), group.getValue().getFirst().ref().happenedAt());
          open = account;
        }
        change(group.getKey(), group.getValue());
      }
      closeEntry(open);
      json.writeEndArray();
      json.writeEndObject();
      json.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void openEntry(Group group, long happenedAt) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", group.account().id());
    if (group.number() == null) {
      json.writeNumberField("time", seconds(happenedAt));
    }
    json.writeArrayFieldStart("changes");
  }

  private void closeEntry(@Nullable BusinessAccount open) throws IOException {
    if (open != null) {
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private List<Map.Entry<Group, List<Item>>> grouped(List<UpdateRef> updates, int layout) {
    List<Map.Entry<Group, List<Item>>> groups = new ArrayList<>();
    Map<Group, List<Item>> shared = new LinkedHashMap<>();
    for (UpdateRef ref : updates) {
      Extra extra = ref.isExtra() ? extras.apply(ref.id()) : null;
      Message message = ref.isExtra() ? null : journal.message(ref.id()).orElse(null);
      Group group = group(ref, message, extra);
      if (group == null) {
        continue;
      }
      Item item = new Item(ref, message, extra);
      if (layout == LAYOUT_CHANGE_PER_UPDATE
          || layout == LAYOUT_ENTRY_PER_UPDATE
          || extra instanceof Extra.AccountChange) {
        groups.add(Map.entry(group, List.of(item)));
      } else {
        shared.computeIfAbsent(group, key -> new ArrayList<>()).add(item);
      }
    }
    groups.addAll(shared.entrySet());
    return groups;
  }

  private static @Nullable Group group(
      UpdateRef ref, @Nullable Message message, @Nullable Extra extra) {
    if (message != null) {
      Update update = ref.update();
      PhoneNumber number = message.number();
      return update == Update.OPT_OUT
          ? new Group(number.account(), "user_preferences", number, "user_preferences")
          : new Group(
              number.account(), "messages", number, update.isStatus() ? "statuses" : "messages");
    }
    return switch (extra) {
      case Extra.Inbound inbound ->
          new Group(inbound.number().account(), "messages", inbound.number(), "messages");
      case Extra.Preference preference ->
          new Group(
              preference.number().account(),
              "user_preferences",
              preference.number(),
              "user_preferences");
      case Extra.AccountChange change -> new Group(change.account(), change.field(), null, "");
      case null -> null;
    };
  }

  private void change(Group group, List<Item> items) throws IOException {
    json.writeStartObject();
    json.writeFieldName("value");
    PhoneNumber number = group.number();
    if (number == null) {
      for (Item item : items) {
        if (item.extra() instanceof Extra.AccountChange change) {
          Json.writeTree(json, change.value());
        }
      }
    } else {
      json.writeStartObject();
      json.writeStringField("messaging_product", "whatsapp");
      json.writeObjectFieldStart("metadata");
      json.writeStringField("display_phone_number", number.digits());
      json.writeStringField("phone_number_id", number.id());
      json.writeEndObject();
      contacts(group, number, items);
      json.writeArrayFieldStart(group.array());
      for (Item item : items) {
        element(number, item);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeStringField("field", group.field());
    json.writeEndObject();
  }

  private void element(PhoneNumber number, Item item) throws IOException {
    Message message = item.message();
    if (message != null) {
      Update update = item.ref().update();
      if (update.isStatus()) {
        statuses.write(message, update, item.ref().happenedAt());
      } else if (update == Update.OPT_OUT) {
        preference(message.waId(), true, item.ref().happenedAt());
      } else {
        answer(message, update, item.ref().happenedAt());
      }
      return;
    }
    switch (item.extra()) {
      case Extra.Inbound inbound -> {
        openInbound(
            number,
            inbound.waId(),
            journal.inboundWamid(item.ref().id(), UpdateRef.EXTRA, inbound.waId()),
            item.ref().happenedAt());
        inbound
            .message()
            .properties()
            .forEach(field -> writeField(field.getKey(), field.getValue()));
        json.writeEndObject();
      }
      case Extra.Preference preference ->
          preference(preference.waId(), preference.stop(), item.ref().happenedAt());
      case Extra.AccountChange change ->
          throw new IllegalStateException("an account change has no phone number");
      case null -> throw new IllegalStateException("an update is about a message or an extra");
    }
  }

  private void writeField(String name, com.fasterxml.jackson.databind.JsonNode value) {
    try {
      json.writeFieldName(name);
      Json.writeTree(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Statuses come with the person's ids but no profile, and not at all when they report a failure;
   * messages come with the profile.
   */
  private void contacts(Group group, PhoneNumber number, List<Item> items) throws IOException {
    boolean statuses = group.array().equals("statuses");
    boolean open = false;
    for (Item item : items) {
      if (statuses && item.ref().update() == Update.FAILED) {
        continue;
      }
      if (!open) {
        json.writeArrayFieldStart("contacts");
        open = true;
      }
      long waId = waId(item);
      json.writeStartObject();
      if (!statuses) {
        json.writeObjectFieldStart("profile");
        json.writeStringField(
            "name", PROFILE_NAMES.get(scenario.profileName(waId, PROFILE_NAMES.size())));
        json.writeEndObject();
      }
      if (!scenario.hidesNumber(waId)) {
        json.writeStringField("wa_id", Long.toString(waId));
      }
      json.writeStringField("user_id", WaIds.userId(number.account(), waId));
      json.writeEndObject();
    }
    if (open) {
      json.writeEndArray();
    }
  }

  private static long waId(Item item) {
    if (item.message() != null) {
      return item.message().waId();
    }
    return switch (item.extra()) {
      case Extra.Inbound inbound -> inbound.waId();
      case Extra.Preference preference -> preference.waId();
      case Extra.AccountChange change ->
          throw new IllegalStateException("an account change is about no person");
      case null -> throw new IllegalStateException("an update is about a message or an extra");
    };
  }

  private void answer(Message message, Update update, long happenedAt) throws IOException {
    String wamid = journal.inboundWamid(message.id(), update.code(), message.waId());
    openInbound(message.number(), message.waId(), wamid, happenedAt);
    if (update == Update.TEXT_REPLY || update == Update.BUTTON_REPLY) {
      json.writeObjectFieldStart("context");
      json.writeStringField("from", message.number().digits());
      json.writeStringField("id", message.wamid());
      json.writeEndObject();
    }
    ButtonTap tap = update == Update.BUTTON_REPLY ? journal.tap(message.id()) : null;
    if (tap != null) {
      json.writeStringField("type", "button");
      json.writeObjectFieldStart("button");
      json.writeStringField("payload", tap.payload());
      json.writeStringField("text", tap.text());
      json.writeEndObject();
    } else {
      json.writeStringField("type", "text");
      json.writeObjectFieldStart("text");
      json.writeStringField("body", update == Update.STOP_TEXT ? "STOP" : text(message));
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private String text(Message message) {
    String callback = message.callbackData() == null ? "" : message.callbackData();
    return REPLIES.get(scenario.replyText(message.to(), callback, REPLIES.size()));
  }

  private void openInbound(PhoneNumber number, long waId, String wamid, long happenedAt)
      throws IOException {
    json.writeStartObject();
    if (!scenario.hidesNumber(waId)) {
      json.writeStringField("from", Long.toString(waId));
    }
    json.writeStringField("from_user_id", WaIds.userId(number.account(), waId));
    json.writeStringField("id", wamid);
    json.writeStringField("timestamp", Long.toString(seconds(happenedAt)));
  }

  private void preference(long waId, boolean stop, long happenedAt) throws IOException {
    json.writeStartObject();
    json.writeStringField("wa_id", Long.toString(waId));
    json.writeStringField(
        "detail", "User requested to " + (stop ? "stop" : "resume") + " marketing messages");
    json.writeStringField("category", "marketing_messages");
    json.writeStringField("value", stop ? "stop" : "resume");
    json.writeNumberField("timestamp", seconds(happenedAt));
    json.writeEndObject();
  }

  static long seconds(long micros) {
    return micros / 1_000_000;
  }
}
