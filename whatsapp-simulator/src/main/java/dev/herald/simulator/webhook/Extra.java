package dev.herald.simulator.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.PhoneNumber;

/**
 * An update that belongs to no message the simulator took: started by hand or by a change of state.
 */
public sealed interface Extra {

  /** A message of a person: one of {@code messages[]}, complete but for id, from and timestamp. */
  record Inbound(PhoneNumber number, long waId, ObjectNode message) implements Extra {}

  /** A person stops or resumes marketing messages. */
  record Preference(PhoneNumber number, long waId, boolean stop) implements Extra {}

  /** A change of an account, such as a template's status: the {@code value} of a webhook field. */
  record AccountChange(BusinessAccount account, String field, JsonNode value) implements Extra {}
}
