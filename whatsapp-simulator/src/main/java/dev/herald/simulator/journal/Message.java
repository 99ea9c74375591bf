package dev.herald.simulator.journal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Update;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One accepted message as the journal knows it.
 *
 * @param id its number in the journal, growing
 * @param app place of the sending app in the directory
 * @param to the recipient's digits
 * @param waId the recipient's WhatsApp id, which may differ
 * @param fault how the answer went wrong, if it did: the sender may not know that the message was
 *     taken
 * @param failureCode the code of its planned FAILED update, or 0
 * @param acceptedAt microseconds since 1970
 * @param planned what will be told
 * @param emitted what has been handed to the webhook sender
 * @param acknowledged what the sending app's callback URL has answered 200 for
 */
public record Message(
    long id,
    String wamid,
    PhoneNumber number,
    int app,
    long to,
    long waId,
    @Nullable String callbackData,
    MessageKind kind,
    @Nullable String template,
    boolean held,
    boolean freeOfCharge,
    HttpFault fault,
    int failureCode,
    long acceptedAt,
    Set<Update> planned,
    Set<Update> emitted,
    Set<Update> acknowledged) {

  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("id", id);
    json.put("wamid", wamid);
    json.put("phone_number_id", number.id());
    json.put("to", "+" + to);
    json.put("wa_id", Long.toString(waId));
    json.put("callback_data", callbackData);
    json.put("category", kind.key());
    json.put("template", template);
    json.put("held", held);
    json.put("answer", fault.name().toLowerCase(Locale.ROOT));
    json.put("failure_code", failureCode == 0 ? null : (Integer) failureCode);
    json.put("accepted_at", Instant.EPOCH.plus(acceptedAt, ChronoUnit.MICROS).toString());
    keys(json.putArray("planned"), planned);
    keys(json.putArray("emitted"), emitted);
    keys(json.putArray("acknowledged"), acknowledged);
    return json;
  }

  private static void keys(ArrayNode array, Set<Update> updates) {
    updates.forEach(update -> array.add(update.key()));
  }
}
