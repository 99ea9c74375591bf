package dev.herald.gateway.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.runtime.HeraldException;
import java.io.IOException;

/** Reads JSON from strangers: bounded in depth and size, no key twice, nothing after the end. */
final class JsonTree {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_STRING = 64 * 1024;
  private static final int MAX_NAME = 256;
  private static final int MAX_NUMBER = 40;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_STRING)
                          .maxNameLength(MAX_NAME)
                          .maxNumberLength(MAX_NUMBER)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private JsonTree() {}

  /** The object in these bytes; no bytes are an empty object. */
  static ObjectNode object(byte[] body) {
    if (body.length == 0) {
      return MAPPER.createObjectNode();
    }
    JsonNode tree;
    try (JsonParser parser = MAPPER.createParser(body)) {
      tree = MAPPER.readTree(parser);
      if (parser.nextToken() != null) {
        throw invalid("there is something after the end of the object");
      }
    } catch (JsonProcessingException e) {
      throw invalid(e.getOriginalMessage());
    } catch (IOException e) {
      throw invalid("it is not UTF-8 text");
    }
    if (tree instanceof ObjectNode object) {
      return object;
    }
    throw invalid("it is not an object");
  }

  private static HeraldException invalid(String why) {
    return HeraldException.of(
        HeraldException.Kind.INVALID,
        "JSON_INVALID",
        "The body cannot be read as JSON: " + shortened(why) + ".");
  }

  private static String shortened(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }
}
