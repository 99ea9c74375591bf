package dev.herald.gateway.identity;

import dev.herald.gateway.identity.People.Invited;
import dev.herald.gateway.identity.WorkspaceStore.WorkspaceRow;
import dev.herald.gateway.v1.CreateWorkspaceRequest;
import dev.herald.gateway.v1.CreateWorkspaceResponse;
import dev.herald.gateway.v1.ListWorkspacesRequest;
import dev.herald.gateway.v1.ListWorkspacesResponse;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import java.util.Currency;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Translates between the contract of WorkspaceService and the stores. */
public final class WorkspaceRpc {
  private static final String LIST = "workspaces.1";

  private final WorkspaceStore workspaces;
  private final People people;
  private final IdentityRpc identity;
  private final SignInLinks links;
  private final Requests requests;
  private final Provisioner provisioner;

  public WorkspaceRpc(
      WorkspaceStore workspaces,
      People people,
      IdentityRpc identity,
      SignInLinks links,
      Requests requests,
      Provisioner provisioner) {
    this.workspaces = workspaces;
    this.people = people;
    this.identity = identity;
    this.links = links;
    this.requests = requests;
    this.provisioner = provisioner;
  }

  public CreateWorkspaceResponse create(Actor actor, CreateWorkspaceRequest request) {
    requireOperator(actor);
    IdentityRpc.requireTimeZone(request.getTimeZone());
    requireCurrency(request.getCurrency());
    return requests.once(
        actor.workspace(),
        "CreateWorkspace",
        request.getRequestId(),
        request,
        CreateWorkspaceResponse.parser(),
        tx -> create(tx, request));
  }

  private CreateWorkspaceResponse create(Handle tx, CreateWorkspaceRequest request) {
    WorkspaceRow workspace =
        workspaces.insert(
            tx, Ids.next(), request.getName(), request.getTimeZone(), request.getCurrency());
    // Before anything is committed: a workspace that can never have a wallet must not be made.
    provisioner.openWallet(workspace);
    Invited owner =
        people.invite(
            tx, workspace.id(), request.getOwnerEmail(), request.getOwnerName(), Role.OWNER);
    return CreateWorkspaceResponse.newBuilder()
        .setWorkspace(IdentityRpc.workspace(workspace))
        .setOwner(identity.user(owner.person()))
        .setSignInLink(links.to(owner.token().value()))
        .build();
  }

  public ListWorkspacesResponse list(Actor actor, ListWorkspacesRequest request) {
    requireOperator(actor);
    int size = PageSize.of(request.getPageSize());
    long after = PageToken.number(LIST, request.getPageToken(), 0);
    List<WorkspaceRow> rows = workspaces.list(after, size + 1);
    ListWorkspacesResponse.Builder page = ListWorkspacesResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addWorkspaces(IdentityRpc.workspace(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(LIST).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  private void requireOperator(Actor actor) {
    if (!workspaces.find(actor.workspace()).map(WorkspaceRow::operator).orElse(false)) {
      throw HeraldException.permission(
          "NOT_THE_OPERATOR", "Only the workspace of those who run Herald may do this.");
    }
  }

  private static void requireCurrency(String code) {
    if (Currency.getAvailableCurrencies().stream()
        .noneMatch(currency -> currency.getCurrencyCode().equals(code))) {
      throw HeraldException.invalid(
          "currency", "CURRENCY_UNKNOWN", "Name a currency by its ISO 4217 code, such as INR.");
    }
  }
}
