import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A call to Herald: the API key in a header, JSON both ways, refusals as exceptions. */
final class Herald {
  private static final String URL =
      Optional.ofNullable(System.getenv("HERALD_URL")).orElse("http://localhost:8080");
  private static final String KEY = System.getenv("HERALD_API_KEY");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  static final ObjectMapper JSON = new ObjectMapper();

  private Herald() {}

  static JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send(request(path).GET(), BodyHandlers.ofString()));
  }

  static JsonNode post(String path, String json, String... headers)
      throws IOException, InterruptedException {
    return post(path, BodyPublishers.ofString(json), "application/json", headers);
  }

  static JsonNode post(String path, BodyPublisher body, String contentType, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path, headers).header("Content-Type", contentType);
    return JSON.readTree(send(request.POST(body), BodyHandlers.ofString()));
  }

  static HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(URL + "/api/v1/" + path));
    request.header("Authorization", "Bearer " + KEY);
    return headers.length == 0 ? request : request.headers(headers);
  }

  /** Reads the answer as the handler says; what Herald answers instead is thrown. */
  static <T> T send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    return HTTP.send(
            request.build(),
            info ->
                info.statusCode() < 300
                    ? body.apply(info)
                    : BodySubscribers.mapping(
                        BodySubscribers.ofString(StandardCharsets.UTF_8), Herald::refuse))
        .body();
  }

  // A problem document: "reason" is for programs, "detail" for people.
  private static <T> T refuse(String problem) {
    throw new IllegalStateException(problem);
  }

  static String approvedTemplate(String name, String language)
      throws IOException, InterruptedException {
    for (JsonNode template : get("templates?statuses=APPROVED").get("templates")) {
      if (template.get("name").asText().equals(name)
          && template.get("language").asText().equals(language)) {
        return template.get("id").asText();
      }
    }
    throw new IllegalStateException("No approved template " + name + " (" + language + ")");
  }
}
