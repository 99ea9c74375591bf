package dev.herald.gateway.testing;

import dev.herald.runtime.config.Secret;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Bodies and signatures as WhatsApp makes them. */
public final class WhatsApp {
  private WhatsApp() {}

  public static String sign(byte[] body, Secret secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Posts a body with a good signature of the operator's app. */
  public static Answer post(TestGateway herald, String body) {
    return post(herald, "/webhooks/whatsapp", body, TestGateway.APP_SECRET);
  }

  public static Answer post(TestGateway herald, String path, String body, Secret secret) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return herald.send(signed(herald, path, bytes, sign(bytes, secret)));
  }

  public static HttpRequest.Builder signed(
      TestGateway herald, String path, byte[] body, String signature) {
    return herald
        .anonymous(path)
        .header("Content-Type", "application/json")
        .header("X-Hub-Signature-256", signature)
        .POST(BodyPublishers.ofByteArray(body));
  }

  /** A body with these statuses, each a JSON object. */
  public static String statuses(String phoneNumberId, String... statuses) {
    return statuses(phoneNumberId, List.of(statuses));
  }

  public static String statuses(String phoneNumberId, List<String> statuses) {
    return value(
        "messages",
        """
        {"messaging_product":"whatsapp",\
        "metadata":{"display_phone_number":"15550100000","phone_number_id":"%s"},\
        "statuses":[%s]}\
        """
            .formatted(phoneNumberId, statuses.stream().collect(Collectors.joining(","))));
  }

  /** A body with inbound messages from one contact. */
  public static String messages(String phoneNumberId, String contacts, String... messages) {
    return value(
        "messages",
        """
        {"messaging_product":"whatsapp",\
        "metadata":{"display_phone_number":"15550100000","phone_number_id":"%s"},\
        "contacts":[%s],"messages":[%s]}\
        """
            .formatted(phoneNumberId, contacts, String.join(",", messages)));
  }

  public static String value(String field, String value) {
    return """
    {"object":"whatsapp_business_account","entry":[{"id":"102290129340398",\
    "changes":[{"field":"%s","value":%s}]}]}\
    """
        .formatted(field, value);
  }

  /** One status. */
  public static String status(String word, String callback, long seconds) {
    return """
    {"id":"wamid.HBgLMTU1NTAxMDAwMDAVAgARGBI0","status":"%s","timestamp":"%d",\
    "recipient_id":"15550100001","biz_opaque_callback_data":"%s"}\
    """
        .formatted(word, seconds, callback);
  }

  public static String failed(String callback, long seconds, int code, String title) {
    return """
    {"id":"wamid.X","status":"failed","timestamp":"%d","recipient_id":"15550100001",\
    "biz_opaque_callback_data":"%s",\
    "errors":[{"code":%d,"title":"%s","message":"%s","error_data":{"details":"Details."}}]}\
    """
        .formatted(seconds, callback, code, title, title);
  }
}
