package dev.herald.gateway.webhook;

import static dev.herald.gateway.testing.WhatsApp.sign;
import static dev.herald.gateway.testing.WhatsApp.signed;
import static dev.herald.gateway.testing.WhatsApp.status;
import static dev.herald.gateway.testing.WhatsApp.statuses;
import static dev.herald.gateway.testing.WhatsApp.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.config.Secret;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is let in, and what is answered. */
@ParameterizedClass
@EnumSource(LoggedIn.class)
class WebhookIntakeTest extends WebhookFixture {

  @Test
  void theHandshakeEchoesTheChallengeToWhoKnowsTheToken() {
    Answer answer =
        herald.send(
            herald.anonymous(
                "/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
                    + TestGateway.VERIFY_TOKEN));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("1158201444");
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
  }

  @Test
  void anybodyElseIsRefusedTheHandshake() {
    for (String query :
        List.of(
            "",
            "?hub.mode=subscribe&hub.challenge=1",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=the-verify-tokem",
            "?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=the-verify-token",
            "?hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=the-verify-token",
            "?hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token=the-verify-token",
            "?hub.mode=subscribe&hub.challenge=1&hub.verify_token=the-verify-token&hub.verify_token=x")) {
      Answer answer = herald.send(herald.anonymous("/webhooks/whatsapp" + query));
      assertThat(answer.status()).as(query).isEqualTo(403);
      assertThat(answer.text()).doesNotContain("<b>");
    }
    assertThat(
            herald
                .send(
                    herald.anonymous(
                        "/webhooks/whatsapp/55?hub.mode=subscribe&hub.challenge=1&hub.verify_token=own-token"))
                .text())
        .isEqualTo("1");
    assertThat(
            herald
                .send(
                    herald.anonymous(
                        "/webhooks/whatsapp/56?hub.mode=subscribe&hub.challenge=1&hub.verify_token=own-token"))
                .status())
        .isEqualTo(403);
  }

  @Test
  void aBodyWithoutItsSignatureChangesNothing() {
    byte[] body =
        statuses(NUMBER, status("sent", key(1), SECONDS)).getBytes(StandardCharsets.UTF_8);
    String good = sign(body, TestGateway.APP_SECRET);
    byte[] changed = body.clone();
    changed[changed.length - 3] ^= 1;
    long before = logged();

    for (String signature :
        List.of(
            "sha256=" + "0".repeat(64),
            good.toUpperCase(java.util.Locale.ROOT),
            good.replace("sha256", "sha1"),
            good.substring(7),
            good + "0",
            good.substring(0, good.length() - 1),
            // Right but for the last digit: all of it is compared.
            good.substring(0, good.length() - 1) + (good.endsWith("0") ? "1" : "0"),
            good + "," + good,
            sign(body, new Secret(TestGateway.VERIFY_TOKEN)),
            sign(body, OWN_SECRET))) {
      Answer answer = herald.send(signed(herald, "/webhooks/whatsapp", body, signature));
      assertThat(answer.status()).as(signature).isEqualTo(401);
    }
    assertThat(herald.send(signed(herald, "/webhooks/whatsapp", changed, good)).status())
        .isEqualTo(401);
    assertThat(
            herald
                .send(
                    signed(herald, "/webhooks/whatsapp", body, good)
                        .header("X-Hub-Signature-256", good))
                .status())
        .isEqualTo(401);
    assertThat(
            herald
                .send(herald.anonymous("/webhooks/whatsapp").POST(BodyPublishers.ofByteArray(body)))
                .status())
        .isEqualTo(401);
    assertThat(logged()).isEqualTo(before);
  }

  @Test
  void anAppOfAWorkspaceSpeaksOnlyForThatWorkspace() {
    Secret secret = OWN_SECRET;
    String path = "/webhooks/whatsapp/" + OWN_CHANNEL;
    assertThat(
            WhatsApp.post(
                    herald,
                    path,
                    statuses(
                        OWN_NUMBER,
                        status("sent", keyOf(OTHER_WORKSPACE, OWN_NUMBER, 50), SECONDS)),
                    secret)
                .status())
        .isEqualTo(200);
    // A good key of another workspace, and a validly signed body: still not theirs to tell.
    WhatsApp.post(herald, path, statuses(NUMBER, status("sent", key(51), SECONDS)), secret);
    WhatsApp.post(herald, path, value("account_update", "{\"event\":\"ACCOUNT_DELETED\"}"), secret);

    await().until(() -> evidence().size() == 1 && pending() == 0);
    assertThat(evidence()).extracting(Evidence::getOrdinal).containsExactly(50);
    assertThat(events()).isEmpty();
    assertThat(
            WhatsApp.post(
                    herald,
                    "/webhooks/whatsapp",
                    statuses(OWN_NUMBER, status("sent", "x", SECONDS)),
                    secret)
                .status())
        .isEqualTo(401);
  }

  @Test
  void aThousandStatusesComeInOneBody() {
    List<String> statuses = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      statuses.add(status("delivered", key(1000 + i), SECONDS));
    }
    assertThat(WhatsApp.post(herald, statuses(NUMBER, statuses)).status()).isEqualTo(200);

    await().until(() -> evidence().size() == 1000);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    byte[] body = new byte[WebhookIntake.MAX_BODY + 1];
    assertThat(
            herald
                .send(
                    signed(herald, "/webhooks/whatsapp", body, sign(body, TestGateway.APP_SECRET)))
                .status())
        .isEqualTo(413);
    assertThat(
            herald
                .send(
                    herald
                        .anonymous("/webhooks/whatsapp")
                        .header("X-Hub-Signature-256", sign(body, TestGateway.APP_SECRET))
                        .POST(
                            BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(body))))
                .status())
        .isEqualTo(413);
  }
}
