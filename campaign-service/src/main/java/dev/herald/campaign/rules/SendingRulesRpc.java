package dev.herald.campaign.rules;

import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.rpc.Rpc;
import dev.herald.campaign.v1.ErrorLimit;
import dev.herald.campaign.v1.ExcludedCountries;
import dev.herald.campaign.v1.GetSendingRulesRequest;
import dev.herald.campaign.v1.GetSendingRulesResponse;
import dev.herald.campaign.v1.SendingRulesServiceGrpc;
import dev.herald.campaign.v1.UpdateSendingRulesRequest;
import dev.herald.campaign.v1.UpdateSendingRulesResponse;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import io.grpc.stub.StreamObserver;
import java.time.LocalTime;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The gRPC edge of the sending rules. */
public final class SendingRulesRpc extends SendingRulesServiceGrpc.SendingRulesServiceImplBase {
  private final Jdbi jdbi;
  private final SendingRulesStore store;

  public SendingRulesRpc(Jdbi jdbi, SendingRulesStore store) {
    this.jdbi = jdbi;
    this.store = store;
  }

  @Override
  public void getSendingRules(
      GetSendingRulesRequest request, StreamObserver<GetSendingRulesResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            GetSendingRulesResponse.newBuilder()
                .setRules(
                    proto(jdbi.withHandle(handle -> store.get(handle, WorkspaceId.ofCaller()))))
                .build());
  }

  @Override
  public void updateSendingRules(
      UpdateSendingRulesRequest request, StreamObserver<UpdateSendingRulesResponse> answer) {
    Rpc.answer(
        answer,
        () ->
            UpdateSendingRulesResponse.newBuilder()
                .setRules(proto(update(WorkspaceId.ofCaller(), request)))
                .build());
  }

  private SendingRules update(WorkspaceId workspace, UpdateSendingRulesRequest request) {
    return jdbi.inTransaction(
        tx -> {
          store.lock(tx, workspace);
          SendingRules before = store.get(tx, workspace);
          if (request.getExpectedVersion() != 0
              && request.getExpectedVersion() != before.version()) {
            throw HeraldException.aborted(
                "VERSION_MISMATCH", "Somebody else has changed the rules. Read them again.");
          }
          return store.put(
              tx,
              workspace,
              new SendingRules(
                  request.hasQuietHours()
                      ? quietHours(request.getQuietHours())
                      : before.quietHours(),
                  request.hasFrequencyCap() ? cap(request.getFrequencyCap()) : before.cap(),
                  request.hasExcluded()
                      ? countries(request.getExcluded().getCountriesList())
                      : before.excludedCountries(),
                  request.hasErrorLimit()
                      ? request.getErrorLimit().getPercent()
                      : before.pauseAtPercent(),
                  before.version()));
        });
  }

  private static @Nullable QuietHours quietHours(dev.herald.campaign.v1.QuietHours hours) {
    if (hours.getFrom().isEmpty() && hours.getUntil().isEmpty()) {
      return null;
    }
    if (hours.getFrom().isEmpty() || hours.getUntil().isEmpty()) {
      throw HeraldException.invalid(
          hours.getFrom().isEmpty() ? "quiet_hours.from" : "quiet_hours.until",
          "TIME_MISSING",
          "Quiet hours need both a beginning and an end.");
    }
    if (hours.getFrom().equals(hours.getUntil())) {
      throw HeraldException.invalid(
          "quiet_hours.until",
          "QUIET_ALWAYS",
          "Quiet hours that end when they begin would let nothing leave.");
    }
    return new QuietHours(LocalTime.parse(hours.getFrom()), LocalTime.parse(hours.getUntil()));
  }

  private static @Nullable FrequencyCap cap(dev.herald.campaign.v1.FrequencyCap cap) {
    if (cap.getMessages() == 0) {
      return null;
    }
    if (cap.getDays() == 0) {
      throw HeraldException.invalid(
          "frequency_cap.days", "DAYS_MISSING", "Say for how many days the messages are counted.");
    }
    return new FrequencyCap(cap.getMessages(), cap.getDays());
  }

  private static Set<String> countries(List<String> countries) {
    for (int i = 0; i < countries.size(); i++) {
      if (!PhoneNumbers.isRegion(countries.get(i))) {
        throw HeraldException.invalid(
            "excluded.countries[" + i + "]",
            "COUNTRY_UNKNOWN",
            "A country is an ISO 3166-1 alpha-2 code such as IN.");
      }
    }
    return Set.copyOf(countries);
  }

  private static dev.herald.campaign.v1.SendingRules proto(SendingRules rules) {
    var quiet = dev.herald.campaign.v1.QuietHours.newBuilder();
    if (rules.quietHours() != null) {
      quiet
          .setFrom(rules.quietHours().from().toString())
          .setUntil(rules.quietHours().until().toString());
    }
    var cap = dev.herald.campaign.v1.FrequencyCap.newBuilder();
    if (rules.cap() != null) {
      cap.setMessages(rules.cap().messages()).setDays(rules.cap().days());
    }
    return dev.herald.campaign.v1.SendingRules.newBuilder()
        .setQuietHours(quiet)
        .setFrequencyCap(cap)
        .setExcluded(
            ExcludedCountries.newBuilder()
                .addAllCountries(rules.excludedCountries().stream().sorted().toList()))
        .setErrorLimit(ErrorLimit.newBuilder().setPercent(rules.pauseAtPercent()))
        .setVersion(rules.version())
        .build();
  }
}
