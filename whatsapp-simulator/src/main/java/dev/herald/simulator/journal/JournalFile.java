package dev.herald.simulator.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.HttpFault;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.scenario.Scenario;
import dev.herald.simulator.scenario.Subject;
import dev.herald.simulator.scenario.Update;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The journal on disk: one JSON object a line, appended and handed to the operating system before
 * the event is answered, so that it survives the end of this process. Readable by programs that
 * know nothing of this one.
 */
final class JournalFile implements AutoCloseable {
  private final FileChannel channel;
  private final Path path;

  private JournalFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static JournalFile open(Path path) {
    try {
      Path folder = path.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      return new JournalFile(path, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the journal file " + path, e);
    }
  }

  boolean isEmpty() {
    try {
      return channel.size() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void started(long run) {
    append(line("journal").put("version", 1).put("run", HexFormat.of().toHexDigits(run)));
  }

  void scenario(Scenario scenario) {
    ObjectNode line = line("scenario");
    ObjectNode settings = line.putObject("settings");
    scenario.settings().forEach(settings::put);
    append(line);
  }

  void number(PhoneNumber number) {
    append(
        line("phone_number")
            .put("id", number.id())
            .put("business_account_id", number.account().id())
            .put("digits", number.digits())
            .put("verified_name", number.verifiedName())
            .put("throughput", number.throughput().perSecond()));
  }

  void accepted(long id, String wamid, Acceptance accepted) {
    Subject subject = accepted.subject();
    ObjectNode line = line("accepted");
    line.put("id", id).put("wamid", wamid).put("at", accepted.acceptedAt());
    line.put("phone_number_id", accepted.number().id()).put("app", accepted.app());
    line.put("to", accepted.to()).put("wa_id", accepted.waId());
    if (accepted.hasCallback()) {
      line.put("callback_data", subject.callback());
    }
    line.put("category", subject.kind().key()).put("template", accepted.template());
    line.put("media_link", subject.mediaLink()).put("quick_reply", subject.quickReply());
    line.put("opted_out", subject.optedOut()).put("window_open", subject.windowOpen());
    line.put("free", accepted.freeOfCharge());
    ButtonTap tap = accepted.tap();
    if (tap != null) {
      line.putObject("button").put("payload", tap.payload()).put("text", tap.text());
    }
    line.put("answer", accepted.fault().name().toLowerCase(Locale.ROOT));
    line.put("held", accepted.outcome().held());
    ArrayNode planned = line.putArray("planned");
    Update.set(accepted.outcome().bits()).forEach(update -> planned.add(update.key()));
    line.put("failure_code", accepted.outcome().failureCode());
    append(line);
  }

  void acknowledged(String appId, long at, long[] ids, Update[] updates) {
    ObjectNode line = line("acknowledged").put("app_id", appId).put("at", at);
    ArrayNode array = line.putArray("updates");
    for (int i = 0; i < ids.length; i++) {
      array.addArray().add(ids[i]).add(updates[i].key());
    }
    append(line);
  }

  void restart(long run) {
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot empty the journal file " + path, e);
    }
    started(run);
  }

  private static ObjectNode line(String event) {
    return Json.object().put("event", event);
  }

  private void append(JsonNode line) {
    byte[] json = Json.bytes(line);
    ByteBuffer buffer = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the journal file " + path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the journal file " + path, e);
    }
  }

  /** Receives what an earlier run wrote. */
  interface Reader {
    void started(long run);

    void number(String id, String accountId, String digits, String verifiedName, int throughput);

    void scenario(Map<String, String> settings);

    void accepted(long id, Restored message);

    void acknowledged(String appId, List<Long> ids, List<Update> updates);
  }

  /** An accepted message as the file tells it. */
  record Restored(
      String phoneNumberId,
      int app,
      long to,
      long waId,
      @Nullable String template,
      boolean hasCallback,
      boolean free,
      Subject subject,
      @Nullable ButtonTap tap,
      HttpFault fault,
      long acceptedAt) {}

  /** Reads an earlier run; a last line cut off by a crash is ignored. */
  static void read(Path path, Reader reader) {
    if (!Files.exists(path)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(path)) {
      for (String text = lines.readLine(); text != null; ) {
        String next = lines.readLine();
        JsonNode line;
        try {
          line = Json.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          if (next == null) {
            return;
          }
          throw new IllegalStateException(
              "the journal file " + path + " has a line that is not JSON", e);
        }
        read(line, reader);
        text = next;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the journal file " + path, e);
    }
  }

  private static void read(JsonNode line, Reader reader) {
    switch (line.path("event").asText()) {
      case "journal" -> reader.started(HexFormat.fromHexDigitsToLong(line.path("run").asText()));
      case "phone_number" ->
          reader.number(
              line.path("id").asText(),
              line.path("business_account_id").asText(),
              line.path("digits").asText(),
              line.path("verified_name").asText(),
              line.path("throughput").asInt());
      case "scenario" -> {
        Map<String, String> settings = new TreeMap<>();
        line.path("settings")
            .properties()
            .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
        reader.scenario(settings);
      }
      case "accepted" -> reader.accepted(line.path("id").asLong(), restored(line));
      case "acknowledged" -> {
        List<Long> ids = new ArrayList<>();
        List<Update> updates = new ArrayList<>();
        for (JsonNode update : line.path("updates")) {
          ids.add(update.path(0).asLong());
          updates.add(Update.valueOf(update.path(1).asText().toUpperCase(Locale.ROOT)));
        }
        reader.acknowledged(line.path("app_id").asText(), ids, updates);
      }
      default ->
          throw new IllegalStateException(
              "the journal file has an unknown event " + line.path("event"));
    }
  }

  private static Restored restored(JsonNode line) {
    JsonNode callback = line.path("callback_data");
    Subject subject =
        new Subject(
            line.path("to").asLong(),
            callback.asText(""),
            MessageKind.valueOf(line.path("category").asText().toUpperCase(Locale.ROOT)),
            line.path("media_link").asBoolean(),
            line.path("quick_reply").asBoolean(),
            line.path("opted_out").asBoolean(),
            line.path("window_open").asBoolean());
    JsonNode button = line.path("button");
    return new Restored(
        line.path("phone_number_id").asText(),
        line.path("app").asInt(),
        line.path("to").asLong(),
        line.path("wa_id").asLong(),
        line.path("template").textValue(),
        callback.isTextual(),
        line.path("free").asBoolean(),
        subject,
        button.isObject()
            ? new ButtonTap(button.path("payload").asText(), button.path("text").asText())
            : null,
        HttpFault.valueOf(line.path("answer").asText().toUpperCase(Locale.ROOT)),
        line.path("at").asLong());
  }
}
