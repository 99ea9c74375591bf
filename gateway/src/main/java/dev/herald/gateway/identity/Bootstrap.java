package dev.herald.gateway.identity;

import dev.herald.gateway.identity.ApiKeyStore.NewApiKey;
import dev.herald.gateway.identity.People.Invited;
import dev.herald.gateway.identity.WorkspaceStore.WorkspaceRow;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.config.Secret;
import java.time.Duration;

/**
 * Makes the first workspace, its first key and its first owner. Everything here may be repeated.
 */
public final class Bootstrap {
  private static final Duration READY = Duration.ofSeconds(60);

  private final WorkspaceStore workspaces;
  private final ApiKeyStore keys;
  private final People people;
  private final Provisioner provisioner;
  private final SignInLinks links;

  /**
   * An owner who can sign in.
   *
   * @param signInToken for one sign-in; each call makes a new one and ends the one before
   */
  public record FirstOwner(long workspaceId, String email, String signInToken, String signInLink) {}

  public Bootstrap(
      WorkspaceStore workspaces,
      ApiKeyStore keys,
      People people,
      Provisioner provisioner,
      SignInLinks links) {
    this.workspaces = workspaces;
    this.keys = keys;
    this.people = people;
    this.provisioner = provisioner;
    this.links = links;
  }

  /**
   * The operator's workspace, made if there is none. The other services hear of it in the
   * background.
   */
  public long workspace(String name, String timeZone, String currency) {
    WorkspaceRow workspace = workspaces.operatorWorkspace(Ids.next(), name, timeZone, currency);
    return workspace.id();
  }

  /** Lets this key act as an owner; a bootstrap key of an earlier start no longer does. */
  public void ownerKey(long workspace, Secret key) {
    keys.putBootstrapKey(workspace, key.value());
  }

  /** A further API key. */
  public String newApiKey(long workspace, String name, Role role) {
    NewApiKey created = keys.create(workspace, name, role, "herald");
    return created.secret();
  }

  /** The owner with this address, made if missing, with a fresh sign-in link. */
  public FirstOwner owner(long workspace, String email, String name) {
    Invited owner = people.owner(workspace, email, name);
    String token = owner.token().value();
    return new FirstOwner(workspace, owner.person().email(), token, links.to(token));
  }

  /** Returns when the other services know the workspace: it can then be used. */
  public void awaitReady(long workspace) {
    provisioner.await(workspace, READY);
  }
}
