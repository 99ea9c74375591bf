package dev.herald.gateway.api;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.paging.PageToken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A page token of a stranger is one of ours or is refused, and never holds what no query takes. */
class PageTokenFuzz {
  private static final String LIST = "list.1";

  @MethodSource("tokens")
  @FuzzTest(maxDuration = "4s")
  void aTokenIsReadOrRefused(byte[] data) {
    // As it stands, and as the bytes that somebody hides in one.
    read(new String(data, StandardCharsets.UTF_8));
    read(Base64.getUrlEncoder().withoutPadding().encodeToString(data));
  }

  private static void read(String token) {
    try {
      PageToken.Reader reader = PageToken.read(LIST, token);
      var _ = reader.number();
      if (reader.text().indexOf('\0') >= 0) {
        throw new AssertionError("No query takes this text");
      }
      if (reader.instant().isAfter(Instant.parse("9999-12-31T23:59:59Z"))) {
        throw new AssertionError("No query takes this time");
      }
      reader.end();
    } catch (HeraldException e) {
      if (e.kind() != HeraldException.Kind.INVALID) {
        throw e;
      }
    }
  }

  static Stream<byte[]> tokens() {
    return Stream.of(
            PageToken.write(LIST).number(7).text("a").instant(Instant.EPOCH).token(),
            PageToken.write(LIST).number(Long.MAX_VALUE).text("a\0").instant(Instant.MAX).token(),
            "",
            "====")
        .flatMap(token -> Stream.of(token.getBytes(StandardCharsets.UTF_8), decoded(token)));
  }

  private static byte[] decoded(String token) {
    return token.startsWith("=") ? new byte[0] : Base64.getUrlDecoder().decode(token);
  }
}
