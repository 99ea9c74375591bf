package dev.herald.runtime.outbox;

import java.util.List;

/** Hands payloads to whom they are for. */
@FunctionalInterface
public interface Sender {
  /**
   * Returns when all payloads are safe with the receiver; throws if that is not certain, and is
   * then called again with the same payloads and perhaps others.
   */
  void send(List<byte[]> payloads) throws Exception;
}
