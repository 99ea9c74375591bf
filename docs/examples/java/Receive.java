import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Receives events and believes only those that Herald signed. Argument: the port. */
final class Receive {
  private static final byte[] SECRET =
      System.getenv("HERALD_WEBHOOK_SECRET").getBytes(StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", Receive::take);
    server.start();
    System.out.println("listening");
  }

  private static void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String header = exchange.getRequestHeaders().getFirst("Herald-Signature");
    if (header != null && isFromHerald(header, body)) {
      JsonNode event = new ObjectMapper().readTree(body);
      System.out.println("received " + event.get("type").asText() + " " + event.get("id").asText());
      exchange.sendResponseHeaders(204, -1);
    } else {
      exchange.sendResponseHeaders(401, -1);
    }
    exchange.close();
  }

  private static boolean isFromHerald(String header, byte[] body) {
    try {
      String[] parts = header.split(",");
      String sent = parts[0].replaceFirst("^t=", "");
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      mac.update((sent + ".").getBytes(StandardCharsets.UTF_8));
      byte[] expected = mac.doFinal(body);

      boolean signed = false;
      for (String part : parts) {
        signed |=
            part.startsWith("v1=")
                && MessageDigest.isEqual(expected, HexFormat.of().parseHex(part.substring(3)));
      }
      return signed && Math.abs(Instant.now().getEpochSecond() - Long.parseLong(sent)) < 300;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
