package dev.herald.reliability.schedule;

import java.util.List;

/**
 * A named point in a service at which it can be made to end.
 *
 * @param name as in the code; its first word is the service
 * @param meaning what has and what has not happened there
 * @param needs what leads there: "" any campaign, "broadcast", "api", "pause", "stop", or "lost"
 *     for a batch whose owner has died before
 * @param often so many hits a campaign may be counted on
 */
public record CrashPoint(String name, String meaning, String needs, int often) {
  /** Every point there is; a test compares it with the code. */
  public static final List<CrashPoint> ALL =
      List.of(
          new CrashPoint(
              "campaign.create.before-commit", "a campaign is written, not committed", "", 1),
          new CrashPoint("campaign.create.committed", "created, not answered", "", 1),
          new CrashPoint(
              "campaign.chunk.before-commit",
              "a part of an audience is written, not committed",
              "broadcast",
              1),
          new CrashPoint(
              "campaign.chunk.committed",
              "a part of an audience is stored, the rest is not",
              "broadcast",
              1),
          new CrashPoint(
              "campaign.audience.before-commit",
              "an audience is complete, not committed",
              "broadcast",
              1),
          new CrashPoint(
              "campaign.audience.committed", "an audience is stored, not answered", "broadcast", 1),
          new CrashPoint(
              "campaign.launch.reserved",
              "billing has set money aside, the campaign does not know",
              "broadcast",
              1),
          new CrashPoint(
              "campaign.launch.before-commit",
              "a launch is written, not committed",
              "broadcast",
              1),
          new CrashPoint("campaign.launch.committed", "launched, not answered", "", 1),
          new CrashPoint(
              "campaign.claim.before-commit", "a batch is claimed, not committed", "", 4),
          new CrashPoint("campaign.claim.committed", "a batch is claimed, nothing is sent", "", 4),
          new CrashPoint(
              "campaign.send.connected", "connected to WhatsApp, not a byte is sent", "", 40),
          new CrashPoint("campaign.send.before-write", "about to write to WhatsApp", "", 40),
          new CrashPoint("campaign.send.written", "written to WhatsApp, no answer yet", "", 40),
          new CrashPoint(
              "campaign.send.answered", "WhatsApp has answered, nothing is stored", "", 40),
          new CrashPoint(
              "campaign.close.before-commit",
              "a batch's results are written, not committed",
              "",
              4),
          new CrashPoint("campaign.close.committed", "a batch's results are stored", "", 4),
          new CrashPoint(
              "campaign.settle-lost.before-commit",
              "a dead owner's batch is settled, not committed",
              "lost",
              1),
          new CrashPoint(
              "campaign.settle-lost.committed", "a dead owner's batch is settled", "lost", 1),
          new CrashPoint("campaign.finish.committed", "SENT is stored", "broadcast", 1),
          new CrashPoint(
              "campaign.halt.before-commit", "a pause is written, not committed", "pause", 1),
          new CrashPoint(
              "campaign.halt.committed",
              "a stop is stored, what is in flight is not awaited",
              "stop",
              1),
          new CrashPoint(
              "campaign.settlement.before-commit",
              "the rest of a stopped campaign is given back, not committed",
              "stop",
              1),
          new CrashPoint(
              "campaign.settlement.committed",
              "the rest of a stopped campaign is given back",
              "stop",
              1),
          new CrashPoint(
              "campaign.allowance.reserved",
              "billing has set money aside for API calls, the campaign does not know",
              "api",
              1),
          new CrashPoint(
              "campaign.trigger.before-commit", "API calls are written, not committed", "api", 4),
          new CrashPoint(
              "campaign.trigger.committed", "API calls are stored, not answered", "api", 4),
          new CrashPoint(
              "campaign.inbound.before-commit",
              "a person's message is written, not committed",
              "",
              1),
          new CrashPoint(
              "campaign.inbound.committed",
              "a person's message is stored, not acknowledged",
              "",
              1),
          new CrashPoint("outbox.before-send", "evidence is read from the outbox, not sent", "", 3),
          new CrashPoint(
              "outbox.sent", "evidence was taken by its receiver, and stands in the outbox", "", 3),
          new CrashPoint("outbox.deleted", "evidence is deleted from the outbox", "", 3),
          new CrashPoint(
              "analytics.merge.before-commit", "evidence is merged, not committed", "", 5),
          new CrashPoint(
              "analytics.merge.committed", "evidence is stored, not acknowledged", "", 5),
          new CrashPoint(
              "analytics.snapshot.committed",
              "a campaign's state is stored, not acknowledged",
              "",
              1),
          new CrashPoint("analytics.usage.before-send", "usage totals are read, not sent", "", 3),
          new CrashPoint(
              "analytics.usage.sent",
              "billing has taken usage totals, analytics does not know",
              "",
              3),
          new CrashPoint("analytics.usage.acknowledged", "billing has taken usage totals", "", 3),
          new CrashPoint("billing.ledger.before-commit", "money has moved, not committed", "", 3),
          new CrashPoint("billing.ledger.committed", "money has moved, not answered", "", 3),
          new CrashPoint(
              "gateway.call.before-send", "a request was read, the service has not seen it", "", 3),
          new CrashPoint(
              "gateway.call.answered", "the service has done it, the client does not know", "", 3),
          new CrashPoint("gateway.intake.before-commit", "a webhook was read, not stored", "", 3),
          new CrashPoint("gateway.intake.committed", "a webhook is stored, not answered", "", 3),
          new CrashPoint("gateway.apply.claimed", "webhooks are claimed, not passed on", "", 3),
          new CrashPoint("gateway.apply.delivered", "webhooks were passed on, not marked", "", 3),
          new CrashPoint(
              "gateway.apply.before-commit", "webhooks are marked, not committed", "", 3),
          new CrashPoint("gateway.apply.committed", "webhooks are applied", "", 3));

  /** The service that has it. */
  String service() {
    String first = name.substring(0, name.indexOf('.'));
    return first.equals("outbox") ? "campaign" : first;
  }

  static CrashPoint named(String name) {
    return ALL.stream().filter(point -> point.name().equals(name)).findFirst().orElseThrow();
  }

  boolean isBroadcast() {
    return !needs.isEmpty() && !needs.equals("api");
  }
}
