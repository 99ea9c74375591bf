package dev.herald.simulator.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * Message ids in Meta's form: base64 of a small envelope around the person's number and a
 * random-looking part. That part is the journal's number of the message, scrambled reversibly, so
 * that an id leads back without an index.
 */
final class Wamids {
  private static final String PREFIX = "wamid.";
  private static final long SCRAMBLE = 0x9E3779B97F4A7C15L;
  private static final long UNSCRAMBLE = inverse(SCRAMBLE);
  private static final int SENT_BY_US = 0x11;
  private static final int SENT_BY_PERSON = 0x12;
  private static final int HEAD = 3;
  private static final int BETWEEN = 6;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final long run;

  /** {@code run} differs from run to run, so that ids of two runs do not meet. */
  Wamids(long run) {
    this.run = run;
  }

  long run() {
    return run;
  }

  /** The id of a message to a person. */
  String outbound(long id, long waId) {
    return encode(
        SENT_BY_US, HEX.toHexDigits(scramble(id)) + HEX.toHexDigits((byte) (waId % 251)), waId);
  }

  /** The id of a message of a person; {@code nth} tells several answers to one message apart. */
  String inbound(long id, int nth, long waId) {
    String digits = HEX.toHexDigits(scramble(id)) + HEX.toHexDigits((short) (0x3A00 | nth));
    return encode(SENT_BY_PERSON, digits, waId);
  }

  /** The journal's number of a message to a person. */
  OptionalLong outboundId(String wamid) {
    if (!wamid.startsWith(PREFIX)) {
      return OptionalLong.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(wamid.substring(PREFIX.length()));
      int personEnd = HEAD + bytes[2];
      if (bytes[personEnd + 3] != SENT_BY_US) {
        return OptionalLong.empty();
      }
      String hex = new String(bytes, personEnd + BETWEEN, 16, StandardCharsets.US_ASCII);
      return OptionalLong.of((HexFormat.fromHexDigitsToLong(hex) ^ run) * UNSCRAMBLE);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return OptionalLong.empty();
    }
  }

  private long scramble(long id) {
    return (id * SCRAMBLE) ^ run;
  }

  private static String encode(int direction, String random, long waId) {
    byte[] person = Long.toString(waId).getBytes(StandardCharsets.US_ASCII);
    byte[] tail = random.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + person.length + BETWEEN + tail.length + 1);
    bytes.put((byte) 0x1C).put((byte) 0x18).put((byte) person.length).put(person);
    bytes.put((byte) 0x15).put((byte) 0x02).put((byte) 0x00).put((byte) direction).put((byte) 0x18);
    bytes.put((byte) tail.length).put(tail);
    return PREFIX + Base64.getEncoder().encodeToString(bytes.array());
  }

  /** Newton's iteration doubles the correct bits of the inverse modulo 2^64 each time. */
  private static long inverse(long odd) {
    long inverse = odd;
    for (int i = 0; i < 6; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }
}
