package dev.herald.simulator.journal;

import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.Outcome;
import dev.herald.simulator.scenario.Subject;
import org.jspecify.annotations.Nullable;

/**
 * A message WhatsApp takes.
 *
 * @param app place of the sending app in the directory
 * @param to the recipient's digits, after Meta's own normalisation
 * @param template name and language, null for a free message
 * @param hasCallback tells "no callback data" from an empty one
 * @param freeOfCharge whether its statuses carry the free pricing type
 * @param scenario the scenario the outcome was decided by, from {@link Journal#scenario}
 * @param acceptedAt microseconds since 1970
 */
public record Acceptance(
    PhoneNumber number,
    int app,
    long to,
    long waId,
    @Nullable String template,
    boolean hasCallback,
    boolean freeOfCharge,
    Subject subject,
    @Nullable ButtonTap tap,
    HttpFault fault,
    int scenario,
    Outcome outcome,
    long acceptedAt) {}
