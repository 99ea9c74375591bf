package dev.herald.campaign.message;

import dev.herald.runtime.messagekey.LinkCodec;
import dev.herald.runtime.messagekey.LinkCodec.Link;
import dev.herald.runtime.messagekey.MessageKey;
import java.net.URI;
import java.util.Optional;

/** Writes the addresses that tracked links have in a message. */
public final class LinkAddresses {
  /** What stands between the gateway's address and the token. */
  public static final String PATH = "/l/";

  private final Optional<String> base;
  private final LinkCodec codec;

  /**
   * @param publicUrl where people reach the gateway; empty: no link can be tracked
   */
  public LinkAddresses(Optional<URI> publicUrl, LinkCodec codec) {
    this.base = publicUrl.map(url -> url.toString().replaceAll("/+$", "") + PATH);
    this.codec = codec;
  }

  public boolean possible() {
    return base.isPresent();
  }

  /** The address of one of a message's links. */
  public String of(MessageKey message, int index) {
    return base.orElseThrow() + codec.encode(new Link(message, index));
  }
}
