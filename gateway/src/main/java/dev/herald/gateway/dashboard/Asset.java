package dev.herald.gateway.dashboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * A static file, ready to be sent.
 *
 * @param gzipped empty if compression does not pay
 * @param etag strong, from the contents
 */
record Asset(String contentType, byte[] bytes, byte[] gzipped, String etag) {
  private static final int WORTH_COMPRESSING = 512;

  static Asset of(String name, byte[] bytes) {
    boolean text = isText(name) && bytes.length >= WORTH_COMPRESSING;
    return new Asset(type(name), bytes, text ? gzip(bytes) : new byte[0], etag(bytes));
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Memory does not fail to be written.
    }
    return out.toByteArray();
  }

  private static boolean isText(String name) {
    return type(name).startsWith("text/")
        || name.endsWith(".svg")
        || name.endsWith(".json")
        || name.endsWith(".webmanifest");
  }

  private static String type(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "html" -> "text/html;charset=utf-8";
      case "js", "mjs" -> "text/javascript;charset=utf-8";
      case "css" -> "text/css;charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "ico" -> "image/x-icon";
      case "webp" -> "image/webp";
      case "woff2" -> "font/woff2";
      case "json", "map" -> "application/json";
      case "webmanifest" -> "application/manifest+json";
      case "yaml" -> "application/yaml;charset=utf-8";
      case "csv" -> "text/csv;charset=utf-8";
      case "txt" -> "text/plain;charset=utf-8";
      default -> "application/octet-stream";
    };
  }
}
