package dev.herald.reliability.mutant;

import java.util.List;

/**
 * A small wrong change of the code, and the test that must notice it.
 *
 * @param file from the project's folder
 * @param right stands there exactly once
 * @param wrong takes its place
 * @param test class, or class#method, in the module of the file unless it names another before a
 *     colon
 */
record Mutant(String name, String file, String right, String wrong, String test) {
  private static final String CAMPAIGN = "campaign-service/src/main/java/dev/herald/campaign/";
  private static final String ANALYTICS = "analytics-service/src/main/java/dev/herald/analytics/";
  private static final String BILLING = "billing-service/src/main/java/dev/herald/billing/";
  private static final String GATEWAY = "gateway/src/main/java/dev/herald/gateway/";
  private static final String RUNTIME = "service-runtime/src/main/java/dev/herald/runtime/";

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "a claim does not hold off a change of status",
              CAMPAIGN + "dispatch/BatchStore.java",
              "for share of c, l",
              "for key share of c, l",
              "InterleavedTransactionsTest"),
          new Mutant(
              "a claim does not ask whether the campaign is LIVE",
              CAMPAIGN + "dispatch/BatchStore.java",
              "where c.campaign_id = :campaign and c.status = 'LIVE'",
              "where c.campaign_id = :campaign",
              "InterleavedTransactionsTest"),
          new Mutant(
              "nobody looks again whether it may be sent",
              CAMPAIGN + "dispatch/BatchRun.java",
              "&& versions.allow(batch.campaign(), batch.version())",
              "&& batch.version() > 0",
              "P5PauseIsABarrierTest"),
          new Mutant(
              "an owner queues what was settled meanwhile",
              CAMPAIGN + "dispatch/ClosingStore.java",
              "    if (owned) {",
              "    if (batch.size() > 0) {",
              "InterleavedTransactionsTest"),
          new Mutant(
              "a batch is settled while its owner works on it",
              CAMPAIGN + "dispatch/ClosingStore.java",
              "where settle_at < now() and batch_id <> all (:alive)",
              "where batch_id <> all (:alive)",
              "InterleavedTransactionsTest"),
          new Mutant(
              "no answer counts as not sent",
              CAMPAIGN + "whatsapp/http/OneShotHttp.java",
              "return new HttpOutcome.Unknown(\"no answer in time\");",
              "return new HttpOutcome.NotWritten(\"no answer in time\");",
              "P3NoOneIsMessagedTwiceTest"),
          new Mutant(
              "a 5xx is tried again",
              CAMPAIGN + "whatsapp/CloudApi.java",
              "? new SendResult.Unknown(error.inWords())",
              "? new SendResult.NotSent(error.inWords())",
              "P3NoOneIsMessagedTwiceTest"),
          new Mutant(
              "pause does not wait for what is in flight",
              CAMPAIGN + "dispatch/Dispatcher.java",
              "int underWay = store.underWay(campaign);\n        if (underWay == 0",
              "int underWay = store.underWay(campaign);\n        if (underWay >= 0",
              "P5PauseIsABarrierTest"),
          new Mutant(
              "the rest of a stopped campaign is not given back",
              CAMPAIGN + "campaign/Settlement.java",
              "    reservations.releaseUnattempted(tx, id);\n",
              "",
              "CampaignLifeTest,P5PauseIsABarrierTest,MainJobTest"),
          new Mutant(
              "a reported failure beats proof of delivery",
              ANALYTICS + "evidence/Bucket.java",
              "if (seen.hasAny(EvidenceKind.DELIVERED, REPLIED, CLICKED)) {",
              "if (seen.hasAny(EvidenceKind.DELIVERED, REPLIED, CLICKED)"
                  + " && !seen.has(EvidenceKind.FAILED)) {",
              "MeaningTest"),
          new Mutant(
              "rows are locked in the order they come",
              ANALYTICS + "evidence/MergeStore.java",
              "    Map<Long, Map<Integer, Merged>> byKey = new TreeMap<>();",
              "    Map<Long, Map<Integer, Merged>> byKey = new java.util.LinkedHashMap<>();",
              "P1OnPostgresTest"),
          new Mutant(
              "billing takes an old total for a new one",
              BILLING + "reservation/Settlements.java",
              "if (update.version() < knownVersion) {",
              "if (update.version() < 0) {",
              "P6MoneyIsExactTest"),
          new Mutant(
              "a payment repeated is paid again",
              BILLING + "payment/Payments.java",
              "            if (done.isPresent()) {",
              "            if (done.isPresent() && amount.value() < 0) {",
              "WalletTest"),
          new Mutant(
              "an unsigned webhook is taken",
              GATEWAY + "webhook/Signature.java",
              "    if (headers.size() != 1) {\n      return false;",
              "    if (headers.size() != 1) {\n      return headers.isEmpty();",
              "WebhookIntakeTest"),
          new Mutant(
              "any one of the bytes may be forged",
              GATEWAY + "webhook/Signature.java",
              "found |= MessageDigest.isEqual(mac(secret, body), claimed);",
              "found |= mac(secret, body)[0] == claimed[0];",
              "WebhookIntakeTest"),
          new Mutant(
              "a webhook is answered before it is stored",
              GATEWAY + "webhook/WebhookIntake.java",
              "      commit(new Received(channelId, body, signatures.getFirst()));\n",
              "      Thread.startVirtualThread(() -> commit(new Received(channelId, body,"
                  + " signatures.getFirst())));\n",
              "IntakeUnderPressureTest,WebhookTest"),
          new Mutant(
              "another app of the account can speak for ours",
              RUNTIME + "messagekey/MessageKeyCodec.java",
              "text + \".\" + workspace + \".\" + phoneNumberId;",
              "text + \".\" + workspace;",
              "MessageKeyCodecTest"),
          new Mutant(
              "an outbox row is deleted although it was not taken",
              RUNTIME + "outbox/OutboxRelay.java",
              "    if (failure.isPresent()) {\n      noteFailure(failure.get());\n      isolate",
              "    if (failure.isPresent()) {\n      store.delete(rows);\n      isolate",
              "OutboxRelayTest"),
          new Mutant(
              "a formula in a cell is exported as one",
              GATEWAY + "api/CsvWriter.java",
              "FORMULA_STARTS.indexOf(plain.charAt(0)) >= 0",
              "FORMULA_STARTS.indexOf(plain.charAt(0)) > 99",
              "ExportsTest"),
          new Mutant(
              "sessions outlive a change of the password",
              GATEWAY + "identity/People.java",
              "          sessions.endAll(handle, person.workspace(), person.id(),"
                  + " Optional.of(person.session()));\n",
              "",
              "IdentityTest"),
          new Mutant(
              "a call without a deadline never ends",
              RUNTIME + "grpc/DeadlineInterceptor.java",
              "current.getDeadline() != null",
              "deadline != null",
              "LifeOfCallsTest"),
          new Mutant(
              "after a restore campaigns go on by themselves",
              CAMPAIGN + "upkeep/RestoreGuard.java",
              "known.isPresent() && !known.get().equals(now)",
              "known.isPresent() && known.isEmpty()",
              "P4NoOneIsForgottenTest"));

  /** The module the test is in. */
  String module() {
    return file.substring(0, file.indexOf('/'));
  }
}
