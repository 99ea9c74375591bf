package dev.herald.gateway.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DashboardTest {
  private static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @Test
  void everyAddressOfThePageIsAnsweredWithThePage() {
    for (String path :
        List.of("/", "/campaigns", "/campaigns/123", "/campaigns/new", "/sign-in?token=a")) {
      Answer page = get(path);
      assertThat(page.status()).as(path).isEqualTo(200);
      assertThat(page.header("Content-Type")).startsWith("text/html");
      assertThat(page.header("Content-Security-Policy"))
          .contains("default-src 'self'", "frame-ancestors 'none'", "script-src 'self'")
          .doesNotContain("unsafe");
      assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }
  }

  @Test
  void whatThePageNamesIsThereAndKeptForAYear() {
    Matcher references = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"").matcher(get("/").text());
    int found = 0;
    while (references.find()) {
      Answer file = get(references.group(1));
      assertThat(file.status()).as(references.group(1)).isEqualTo(200);
      assertThat(file.header("Cache-Control")).contains("immutable");
      found++;
    }
    assertThat(found).isGreaterThan(3);
  }

  @Test
  void filesAreCompressedAndNotSentTwice() throws IOException {
    Answer packed = herald.send(herald.anonymous("/js/api.js").header("Accept-Encoding", "gzip"));
    Answer plain = get("/js/api.js");

    assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.bytes())).readAllBytes())
        .isEqualTo(plain.bytes());
    assertThat(plain.header("Content-Type")).startsWith("text/javascript");
    Answer again =
        herald.send(herald.anonymous("/js/api.js").header("If-None-Match", plain.header("ETag")));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.bytes()).isEmpty();
  }

  @Test
  void librariesComeFromWebJars() {
    assertThat(get("/webjars/uplot/dist/uPlot.esm.js").text()).contains("uPlot");
    assertThat(get("/webjars/preact/dist/preact.umd.js").status()).isEqualTo(200);
    assertThat(get("/webjars/nothing/x.js").status()).isEqualTo(404);
  }

  @Test
  void nothingElseLeavesTheFolder() {
    for (String path :
        List.of(
            "/../application.yaml",
            "/..%2f..%2fetc%2fpasswd",
            "/%2e%2e/db/migration/gateway/V1__identity.sql",
            "/js/..%5c..%5csecret",
            "/webjars/preact/../../../db/migration/gateway/V1__identity.sql",
            "/webjars/preact/%2e%2e/x",
            "/.git/config",
            "/db/migration/gateway/V1__identity.sql",
            "/dev/herald/gateway/Gateway.class",
            "/assets/0123456789abcdef/../../logback.xml",
            "/api/v1",
            "/api/v1/nothing",
            "/js/missing.js",
            "/favicon.ico")) {
      Answer answer =
          herald.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(answer.status()).as(path + " " + answer).isBetween(400, 404);
      assertThat(answer.text()).as(path).doesNotContain("create table", "root:");
    }
  }

  private static Answer get(String path) {
    return herald.send(herald.anonymous(path));
  }
}
