package dev.herald.reliability.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.reliability.stack.Installation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signed webhooks with statuses of a campaign's messages, as WhatsApp would post them. */
public final class StatusWebhooks {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final URI address;
  private final Map<Integer, String> keys = new TreeMap<>();
  private final Map<Integer, String> wamids = new TreeMap<>();

  private StatusWebhooks(URI address) {
    this.address = address;
  }

  /**
   * For a campaign of which every message has been taken.
   *
   * @throws IllegalStateException unless so many are in WhatsApp's record
   */
  public static StatusWebhooks of(Installation installation, String campaign, int audience)
      throws IOException {
    StatusWebhooks webhooks =
        new StatusWebhooks(installation.gateway().resolve("/webhooks/whatsapp"));
    ObjectMapper json = new ObjectMapper();
    for (String line : Files.readAllLines(installation.journal())) {
      JsonNode event = json.readTree(line);
      String key = event.path("callback_data").asText();
      if (key.startsWith("h1." + campaign + ".")) {
        int ordinal = Integer.parseInt(key.split("\\.")[2]);
        webhooks.keys.put(ordinal, key);
        webhooks.wamids.put(ordinal, event.path("wamid").asText());
      }
    }
    if (webhooks.keys.size() != audience) {
      throw new IllegalStateException("Not everybody was messaged: " + webhooks.keys.size());
    }
    return webhooks;
  }

  /** One body that reports the same of all these messages. */
  public HttpRequest request(String status, List<Integer> ordinals) {
    long now = System.currentTimeMillis() / 1000;
    String statuses =
        ordinals.stream()
            .map(
                ordinal ->
                    """
                    {"id":"%s","status":"%s","timestamp":"%d","recipient_id":"919800000000",\
                    "biz_opaque_callback_data":"%s"}\
                    """
                        .formatted(wamids.get(ordinal), status, now, keys.get(ordinal)))
            .collect(Collectors.joining(","));
    byte[] body =
        """
        {"object":"whatsapp_business_account","entry":[{"id":"100000000000001","changes":[{"field":"messages",\
        "value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"200000000000001"},"statuses":[%s]}}]}]}\
        """
            .formatted(statuses)
            .getBytes(StandardCharsets.UTF_8);
    return HttpRequest.newBuilder(address)
        .timeout(PATIENCE)
        .header("X-Hub-Signature-256", "sha256=" + HexFormat.of().formatHex(mac(body)))
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private static byte[] mac(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              Installation.accessToken().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
