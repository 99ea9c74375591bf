package dev.herald.gateway.http;

import java.net.InetAddress;

/** A network such as 10.0.0.0/8, or one address. */
public record Network(byte[] bits, int prefix) {
  /**
   * A network as people write it.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] bits = address(slash < 0 ? text : text.substring(0, slash)).getAddress();
    int prefix = slash < 0 ? bits.length * 8 : Integer.parseInt(text.substring(slash + 1));
    if (prefix < 0 || prefix > bits.length * 8) {
      throw new IllegalArgumentException("No network has this many bits: " + text);
    }
    return new Network(bits, prefix);
  }

  // A literal, never a name: nothing that a stranger sends is looked up.
  static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  /** True if the address lies in this network. */
  public boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != bits.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((other[bit / 8] & mask) != (bits[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
