import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Follows a campaign's figures until every recipient has been attempted. Argument: the campaign.
 */
final class Watch {
  public static void main(String[] arguments) throws Exception {
    // Each event holds the whole present state: after a lost connection one just asks again.
    while (!over(arguments[0])) {
      Thread.sleep(1000);
    }
  }

  /** Follows one stream; false when it has ended before the campaign. */
  private static boolean over(String id) throws IOException, InterruptedException {
    var request = Herald.request("campaigns/" + id + "/analytics:watch");
    try (Stream<String> lines = Herald.send(request, BodyHandlers.ofLines())) {
      for (Iterator<String> line = lines.iterator(); line.hasNext(); ) {
        String text = line.next();
        if (text.startsWith("data: ")) {
          JsonNode now = Herald.JSON.readTree(text.substring("data: ".length()));
          System.out.printf(
              "%s: %s submitted, %s delivered, %s read, %s failed of %s%n",
              now.get("status").asText(),
              now.get("submitted"),
              now.get("delivered"),
              now.get("read"),
              now.get("failed"),
              now.get("audience"));
          if (Set.of("SENT", "STOPPED").contains(now.get("status").asText())) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
