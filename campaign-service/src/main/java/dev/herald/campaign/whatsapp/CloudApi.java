package dev.herald.campaign.whatsapp;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.herald.campaign.whatsapp.http.HttpLimits;
import dev.herald.campaign.whatsapp.http.HttpOutcome;
import dev.herald.campaign.whatsapp.http.HttpRequest;
import dev.herald.campaign.whatsapp.http.OneShotHttp;
import dev.herald.campaign.whatsapp.http.Origin;
import dev.herald.runtime.HeraldException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** WhatsApp's Cloud API, and the simulator that speaks the same HTTP. */
public final class CloudApi implements AutoCloseable {
  /** Why a message was not sent when its sender no longer wanted it to be. */
  public static final String NO_LONGER_WANTED = OneShotHttp.NO_LONGER_WANTED;

  private static final int OK = 200;
  private static final int MAX_PAGES = 200;
  private static final int PAGE = 100;
  private static final int MAX_SEND_ANSWER = 64 * 1024;
  private static final int MAX_LIST_ANSWER = 8 * 1024 * 1024;
  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(20);

  // Strict: an answer with a key twice is not an answer we understand.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(40).build());
  }

  private final CloudApiConfig config;
  private final Servers whatsapp;
  private final @Nullable Servers simulator;

  /**
   * Separate connections for sending and for all else, so that a slow list never holds up sending.
   */
  private record Servers(OneShotHttp sending, OneShotHttp reading) implements AutoCloseable {
    static Servers of(URI address, CloudApiConfig config) {
      Origin origin = Origin.of(address);
      return new Servers(
          new OneShotHttp(
              origin,
              new HttpLimits(
                  config.connectTimeout(),
                  config.sendTimeout(),
                  config.maxConnections(),
                  MAX_SEND_ANSWER)),
          new OneShotHttp(
              origin, new HttpLimits(config.connectTimeout(), LIST_TIMEOUT, 16, MAX_LIST_ANSWER)));
    }

    @Override
    public void close() {
      sending.close();
      reading.close();
    }
  }

  public CloudApi(CloudApiConfig config) {
    this.config = config;
    this.whatsapp = Servers.of(config.baseUrl(), config);
    this.simulator = config.simulatorUrl().map(url -> Servers.of(url, config)).orElse(null);
  }

  public boolean hasSimulator() {
    return simulator != null;
  }

  /**
   * Hands over one message: one attempt, no repetition.
   *
   * @param mayWrite asked immediately before the first byte leaves
   * @param written told right after the last byte has left
   */
  public SendResult send(
      ChannelAccess access, byte[] message, BooleanSupplier mayWrite, Runnable written) {
    Servers servers = access.simulated() ? simulator : whatsapp;
    if (servers == null) {
      return new SendResult.NotSent("no simulator is configured");
    }
    HttpRequest request =
        HttpRequest.post(path(access.phoneNumberId() + "/messages"), access.accessToken(), message);
    return switch (servers.sending().exchange(request, mayWrite, written)) {
      case HttpOutcome.Answered answered -> sendResult(answered);
      case HttpOutcome.NotWritten notWritten -> new SendResult.NotSent(notWritten.why());
      case HttpOutcome.Unknown unknown -> new SendResult.Unknown(unknown.why());
    };
  }

  private static SendResult sendResult(HttpOutcome.Answered answered) {
    JsonNode json = parse(answered.body()).orElse(null);
    if (json == null) {
      return new SendResult.Unknown("an answer that is not JSON, HTTP " + answered.status());
    }
    if (json.has("error") && json.has("messages")) {
      return new SendResult.Unknown("an answer that says both yes and no");
    }
    if (json.has("error")) {
      MetaError error = error(answered.status(), json);
      ErrorAction action = ErrorTable.action(error);
      return action == ErrorAction.UNKNOWN
          ? new SendResult.Unknown(error.inWords())
          : new SendResult.Refused(error, action, answered.retryAfterSeconds());
    }
    JsonNode message = json.path("messages").path(0);
    String wamid = message.path("id").asText("");
    if (answered.status() != OK || wamid.isEmpty()) {
      return new SendResult.Unknown("an answer without a message, HTTP " + answered.status());
    }
    return message.path("message_status").asText("").equals("held_for_quality_assessment")
        ? new SendResult.Held(wamid)
        : new SendResult.Accepted(wamid);
  }

  /** What WhatsApp says about the channel's number. */
  public NumberInfo number(ChannelAccess access) {
    JsonNode json =
        read(
            access,
            access.phoneNumberId()
                + "?fields=display_phone_number,verified_name,quality_rating,"
                + "whatsapp_business_manager_messaging_limit,throughput");
    return new NumberInfo(
        text(json, "display_phone_number"),
        text(json, "verified_name"),
        json.path("quality_rating").asText("UNKNOWN"),
        text(json, "whatsapp_business_manager_messaging_limit"),
        text(json.path("throughput"), "level"));
  }

  /** All templates of the channel's account, page by page. */
  public List<RemoteTemplate> templates(ChannelAccess access) {
    List<RemoteTemplate> all = new ArrayList<>();
    String after = "";
    for (int page = 0; page < MAX_PAGES; page++) {
      JsonNode json =
          read(
              access,
              access.wabaId()
                  + "/message_templates?fields=id,name,status,category,language,components,"
                  + "parameter_format,rejected_reason&limit="
                  + PAGE
                  + (after.isEmpty()
                      ? ""
                      : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8)));
      json.path("data").forEach(template -> all.add(template(template)));
      after = json.path("paging").path("cursors").path("after").asText("");
      if (!json.path("paging").has("next") || after.isEmpty()) {
        return all;
      }
    }
    throw HeraldException.precondition(
        "CHANNEL_REFUSED", "WhatsApp lists more templates than Herald reads.");
  }

  private static RemoteTemplate template(JsonNode json) {
    return new RemoteTemplate(
        text(json, "id"),
        text(json, "name"),
        text(json, "language"),
        text(json, "category"),
        text(json, "status"),
        json.path("parameter_format").asText("POSITIONAL"),
        text(json, "rejected_reason"),
        json.path("components"));
  }

  private JsonNode read(ChannelAccess access, String target) {
    Servers servers = access.simulated() ? simulator : whatsapp;
    if (servers == null) {
      throw HeraldException.precondition(
          "SIMULATOR_NOT_CONFIGURED", "This installation has no WhatsApp simulator.");
    }
    HttpRequest request = HttpRequest.get(path(target), access.accessToken());
    return switch (servers.reading().exchange(request, () -> true, () -> {})) {
      case HttpOutcome.Answered answered -> accepted(answered);
      case HttpOutcome.NotWritten notWritten -> throw unreachable(notWritten.why());
      case HttpOutcome.Unknown unknown -> throw unreachable(unknown.why());
    };
  }

  private static JsonNode accepted(HttpOutcome.Answered answered) {
    JsonNode json =
        parse(answered.body())
            .orElseThrow(
                () -> unreachable("an answer that is not JSON, HTTP " + answered.status()));
    if (answered.status() == OK && !json.has("error")) {
      return json;
    }
    MetaError error = error(answered.status(), json);
    if (ErrorTable.action(error) == ErrorAction.UNKNOWN) {
      throw unreachable(error.inWords());
    }
    throw HeraldException.precondition(
        "CHANNEL_REFUSED",
        "WhatsApp refuses this channel: " + error.inWords(),
        java.util.Map.of("error_code", Integer.toString(error.code())));
  }

  private static HeraldException unreachable(String why) {
    return HeraldException.unavailable(
        "WHATSAPP_UNREACHABLE", "WhatsApp does not answer as expected (" + why + "). Try again.");
  }

  private static MetaError error(int httpStatus, JsonNode json) {
    JsonNode error = json.path("error");
    JsonNode code = error.path("code");
    return new MetaError(
        httpStatus,
        code.isInt() ? code.intValue() : parseCode(code.asText("")),
        error.path("error_subcode").asInt(0),
        text(error, "message"),
        text(error.path("error_data"), "details"));
  }

  private static int parseCode(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return MetaError.NO_CODE;
    }
  }

  private static Optional<JsonNode> parse(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      return json != null && json.isObject() ? Optional.of(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String path(String rest) {
    return "/" + config.version() + "/" + rest;
  }

  private static String text(JsonNode json, String field) {
    return json.path(field).asText("").replace("\u0000", "");
  }

  @Override
  public void close() {
    whatsapp.close();
    if (simulator != null) {
      simulator.close();
    }
  }
}
