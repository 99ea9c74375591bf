package dev.herald.campaign.reply;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * WhatsApp's ids of messages, hashed. An id holds the person's number in readable form; the hash
 * does not, and is as good for finding a message again.
 */
public final class WhatsAppIds {
  private WhatsAppIds() {}

  public static long hash(String wamid) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha256.digest(wamid.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
