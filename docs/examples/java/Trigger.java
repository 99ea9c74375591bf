import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/** Makes an API campaign, then sends one person one message, although the call is made twice. */
final class Trigger {
  public static void main(String[] arguments) throws Exception {
    String order = UUID.randomUUID().toString();
    String channel = Herald.get("channels").at("/channels/0/id").asText();
    String template = Herald.approvedTemplate("order_update", "en_US");
    String campaign =
        """
        {"name": "Order updates %s", "type": "API", "channelId": "%s",
         "content": {"template": {"templateId": "%s"}}}
        """
            .formatted(order, channel, template);
    String id = Herald.post("campaigns", campaign).get("id").asText();
    Herald.post("campaigns/" + id + ":launch", "{}");

    String recipients =
        """
        {"recipients": [{"phone": "+12125550104", "name": "Guest",
          "parameters": {"body.1": "Guest", "body.2": "%1$s", "body.3": "Friday", "button.0.1": "%1$s"}}]}
        """
            .formatted(order);
    String once = "order-" + order + "-shipped";
    for (int attempt = 1; attempt <= 2; attempt++) { // as if the answer to the first had been lost
      JsonNode answer =
          Herald.post("campaigns/" + id + ":trigger", recipients, "Idempotency-Key", once);
      for (JsonNode result : answer.get("results")) {
        System.out.printf(
            "attempt %d: message %s%s%n",
            attempt, result.get("messageId").asText(), result.path("errorMessage").asText());
      }
    }
  }
}
