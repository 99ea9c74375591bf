package dev.herald.runtime.grpc;

import static dev.herald.runtime.grpc.Loopback.failure;
import static dev.herald.runtime.grpc.Loopback.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import dev.herald.runtime.test.v1.EchoItem;
import dev.herald.runtime.test.v1.EchoRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrorsAndValidationTest {
  private Loopback loopback;

  @BeforeAll
  void start() {
    loopback = new Loopback();
  }

  @AfterAll
  void stop() {
    loopback.close();
  }

  @Test
  void aHandlersErrorReachesTheCallerWithReasonAndMetadata() {
    HeraldException error =
        failingWith(
            HeraldException.precondition(
                "WALLET_TOO_LOW", "Top up.", Map.of("missing_micros", "105600000")));
    assertThat(error.kind()).isEqualTo(Kind.PRECONDITION);
    assertThat(error.reason()).isEqualTo("WALLET_TOO_LOW");
    assertThat(error.message()).isEqualTo("Top up.");
    assertThat(error.metadata()).containsEntry("missing_micros", "105600000");
  }

  static Stream<Throwable> unexpected() {
    return Stream.of(
        new IllegalStateException("secret detail"),
        new StackOverflowError("secret detail"),
        HeraldException.internal("secret detail", null),
        Status.PERMISSION_DENIED.withDescription("secret detail").asRuntimeException(),
        Status.INTERNAL.withDescription("secret detail").asRuntimeException());
  }

  @ParameterizedTest
  @MethodSource("unexpected")
  void anUnexpectedFailureTellsAnIdAndNothingElse(Throwable failure) {
    HeraldException error = failingWith(failure);
    assertThat(error.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(error.reason()).isEqualTo("INTERNAL");
    assertThat(error.message())
        .contains(error.metadata().get("error_id"))
        .doesNotContain("secret detail");
    StatusRuntimeException raw = (StatusRuntimeException) error.getCause();
    assertThat(String.valueOf(raw.getTrailers())).doesNotContain("secret detail");
  }

  @Test
  void whatAnotherServiceSaysOfTheRequestPassesOn() {
    HeraldException error =
        failingWith(
            GrpcErrors.toStatusException(
                HeraldException.notFound("CAMPAIGN_NOT_FOUND", "There is no such campaign.")));
    assertThat(error.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(error.reason()).isEqualTo("CAMPAIGN_NOT_FOUND");
  }

  @Test
  void anotherServicesTimeoutIsAnOutageAndNotOurDeadline() {
    HeraldException error = failingWith(Status.DEADLINE_EXCEEDED.asRuntimeException());
    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void everyBrokenRuleIsNamedWithItsField() {
    EchoRequest request =
        EchoRequest.newBuilder()
            .setText("much too long a text")
            .addItems(EchoItem.newBuilder().setNumber(1))
            .addItems(EchoItem.newBuilder().setNumber(-1))
            .build();
    HeraldException error = failure(() -> loopback.viewer().view(request));
    assertThat(error.kind()).isEqualTo(Kind.INVALID);
    assertThat(error.reason()).isEqualTo("REQUEST_INVALID");
    assertThat(error.violations())
        .extracting(FieldViolation::field, FieldViolation::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("text", "string.max_len"),
            org.assertj.core.groups.Tuple.tuple("items[1].number", "int32.gte"));
  }

  @Test
  void aHotMethodChecksItsInputItself() {
    String text = "much too long a text";
    assertThat(loopback.viewer().ingest(text(text)).getText()).isEqualTo(text);
  }

  @Test
  void aCallWithoutPermissionLearnsNothingOfTheRules() {
    HeraldException error = failure(() -> loopback.viewer().own(text("much too long a text")));
    assertThat(error.kind()).isEqualTo(Kind.PERMISSION);
  }

  @Test
  void everyCallIsTimedByMethodAndCode() {
    failure(() -> loopback.viewer().own(text("x")));
    assertThat(timed("Own", "PERMISSION_DENIED")).isPositive();
  }

  private long timed(String method, String code) {
    return loopback
        .metrics
        .get("herald.grpc.server")
        .tag("method", "herald.runtime.test.v1.EchoService/" + method)
        .tag("code", code)
        .timer()
        .count();
  }

  private HeraldException failingWith(Throwable failure) {
    loopback.echo.work =
        text -> {
          throw sneaky(failure);
        };
    try {
      return failure(() -> loopback.viewer().view(text("x")));
    } finally {
      loopback.echo.work = text -> text;
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
    throw (T) failure;
  }
}
