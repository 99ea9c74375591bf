import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Creates a campaign, gives it the audience of a CSV file, asks what it will cost, launches it,
 * prints its id. Argument: the file.
 */
final class Broadcast {
  public static void main(String[] arguments) throws Exception {
    String channel = Herald.get("channels").at("/channels/0/id").asText();
    String template = Herald.approvedTemplate("simple_news", "en_US");
    String body =
        """
        {"name": "Spring sale", "type": "BROADCAST", "channelId": "%s",
         "content": {"template": {"templateId": "%s", "parameters": [
           {"placeholder": "body.1", "column": "first_name", "fallback": "friend"}]}}}
        """
            .formatted(channel, template);
    String once = UUID.randomUUID().toString();
    String id = Herald.post("campaigns", body, "Idempotency-Key", once).get("id").asText();

    JsonNode imported =
        Herald.post(
            "campaigns/" + id + "/audience",
            BodyPublishers.ofFile(Path.of(arguments[0])),
            "text/csv");
    System.err.println(
        "accepted " + imported.get("accepted") + ", rejected " + imported.get("rejected"));
    for (JsonNode error : Herald.get("campaigns/" + id + "/audience/errors").get("errors")) {
      System.err.println("row " + error.get("row") + ": " + error.get("message").asText());
    }
    System.err.println(Herald.get("campaigns/" + id + ":estimate").at("/estimate/total"));

    Herald.post("campaigns/" + id + ":launch", "{}");
    System.out.println(id);
  }
}
