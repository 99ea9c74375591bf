package dev.herald.simulator.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON in the two spellings the simulator needs: plain, and the one Meta signs. */
public final class Json {

  /**
   * Writes as Meta does: pure ASCII, every other character as a lower-case {@code \}{@code uXXXX}
   * escape, and slashes escaped. A receiver that verifies a signature over re-serialised JSON fails
   * here as it would at Meta.
   */
  public static final JsonFactory META =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .build();

  private static final ObjectMapper META_MAPPER = JsonMapper.builder(META).build();
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** Parses; throws {@link IOException} on anything that is not exactly one JSON value. */
  public static JsonNode parse(byte[] json) throws IOException {
    JsonNode node = MAPPER.readTree(json);
    return node == null ? MAPPER.missingNode() : node;
  }

  public static byte[] bytes(JsonNode node) {
    return write(MAPPER, node);
  }

  public static byte[] metaBytes(JsonNode node) {
    return write(META_MAPPER, node);
  }

  /** Writes a tree with a generator's own way of escaping. */
  public static void writeTree(JsonGenerator generator, JsonNode node) throws IOException {
    MAPPER.writeTree(generator, node);
  }

  private static byte[] write(ObjectMapper mapper, JsonNode node) {
    try {
      return mapper.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
