package dev.herald.runtime.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.runtime.FieldViolation;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.HeraldException.Kind;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcErrorsTest {

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anErrorOfAnyKindArrivesAsItWasSent(Kind kind) {
    HeraldException sent =
        HeraldException.of(kind, "WALLET_TOO_LOW", "The wallet has 12.40 USD available.")
            .with(Map.of("available_micros", "12400000"))
            .withViolations(List.of(new FieldViolation("amount", "TOO_LARGE", "Too much.")))
            .retryAfter(Duration.ofMillis(1500));

    HeraldException received = GrpcErrors.fromStatus(GrpcErrors.toStatusException(sent));

    assertThat(received.kind()).isEqualTo(kind);
    assertThat(received.reason()).isEqualTo(sent.reason());
    assertThat(received.message()).isEqualTo(sent.message());
    assertThat(received.metadata()).isEqualTo(sent.metadata());
    assertThat(received.violations()).isEqualTo(sent.violations());
    assertThat(received.retryAfter()).isEqualTo(sent.retryAfter());
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void aStatusWithoutDetailsKeepsItsCodeAsReason(Status.Code code) {
    HeraldException error =
        GrpcErrors.fromStatus(code.toStatus().withDescription("why").asRuntimeException());
    assertThat(error.reason()).isEqualTo(code.name());
    assertThat(error.message()).isEqualTo("why");
  }

  @Test
  void anErrorOfAnySizeFitsIntoTrailers() {
    List<FieldViolation> violations =
        IntStream.range(0, 10_000)
            .mapToObj(i -> new FieldViolation("rows[" + i + "]", "TOO_LONG", "ü".repeat(5000)))
            .toList();
    HeraldException error =
        HeraldException.invalid("REQUEST_INVALID", "€".repeat(9000), violations);

    com.google.rpc.Status status = GrpcErrors.toProto(error);

    assertThat(status.getSerializedSize()).isLessThan(6 * 1024);
    assertThat(GrpcErrors.fromStatus(GrpcErrors.toStatusException(error)).violations())
        .isNotEmpty();
  }
}
