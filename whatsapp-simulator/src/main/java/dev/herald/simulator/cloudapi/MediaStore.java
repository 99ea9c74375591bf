package dev.herald.simulator.cloudapi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What has been uploaded: descriptions only, the bytes are not kept. The oldest beyond a limit are
 * forgotten.
 */
final class MediaStore {
  private static final int MOST = 10_000;
  private static final long FIRST_ID = 3_000_000_000_000_001L;

  /**
   * A file.
   *
   * @param sha256 base64, as Meta tells it
   */
  record Media(String id, String mimeType, String sha256, long size) {}

  private final Map<String, Media> byId = new LinkedHashMap<>();
  private long nextId = FIRST_ID;

  synchronized Media add(String mimeType, String sha256, long size) {
    Media media = new Media(Long.toString(nextId++), mimeType, sha256, size);
    byId.put(media.id(), media);
    if (byId.size() > MOST) {
      byId.remove(byId.keySet().iterator().next());
    }
    return media;
  }

  synchronized boolean knows(String id) {
    return byId.containsKey(id);
  }

  synchronized Optional<Media> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  synchronized boolean remove(String id) {
    return byId.remove(id) != null;
  }
}
