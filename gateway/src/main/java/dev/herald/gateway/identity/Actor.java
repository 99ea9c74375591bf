package dev.herald.gateway.identity;

/**
 * A caller and where the call comes from, for what is written into histories.
 *
 * @param address network address of the client
 */
public record Actor(Principal principal, String address, String requestId) {
  public long workspace() {
    return principal.workspace();
  }
}
