package dev.herald.gateway.identity;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.gateway.identity.AccessTokens.Token;
import dev.herald.gateway.identity.ApiKeyStore.ApiKeyRow;
import dev.herald.gateway.identity.ApiKeyStore.NewApiKey;
import dev.herald.gateway.identity.AuditLog.AuditRow;
import dev.herald.gateway.identity.People.Invited;
import dev.herald.gateway.identity.PersonStore.PersonRow;
import dev.herald.gateway.identity.SignInTokenStore.SignInToken;
import dev.herald.gateway.identity.WorkspaceStore.WorkspaceRow;
import dev.herald.gateway.v1.ApiKey;
import dev.herald.gateway.v1.AuditEntry;
import dev.herald.gateway.v1.ChangePasswordRequest;
import dev.herald.gateway.v1.ChangePasswordResponse;
import dev.herald.gateway.v1.CreateApiKeyRequest;
import dev.herald.gateway.v1.CreateApiKeyResponse;
import dev.herald.gateway.v1.CreateSignInLinkRequest;
import dev.herald.gateway.v1.CreateSignInLinkResponse;
import dev.herald.gateway.v1.CreateTokenRequest;
import dev.herald.gateway.v1.CreateTokenResponse;
import dev.herald.gateway.v1.DeleteApiKeyRequest;
import dev.herald.gateway.v1.DeleteApiKeyResponse;
import dev.herald.gateway.v1.DeleteUserRequest;
import dev.herald.gateway.v1.DeleteUserResponse;
import dev.herald.gateway.v1.GetMeRequest;
import dev.herald.gateway.v1.GetMeResponse;
import dev.herald.gateway.v1.GetWorkspaceRequest;
import dev.herald.gateway.v1.GetWorkspaceResponse;
import dev.herald.gateway.v1.InviteUserRequest;
import dev.herald.gateway.v1.InviteUserResponse;
import dev.herald.gateway.v1.ListApiKeysRequest;
import dev.herald.gateway.v1.ListApiKeysResponse;
import dev.herald.gateway.v1.ListAuditLogRequest;
import dev.herald.gateway.v1.ListAuditLogResponse;
import dev.herald.gateway.v1.ListUsersRequest;
import dev.herald.gateway.v1.ListUsersResponse;
import dev.herald.gateway.v1.MemberRole;
import dev.herald.gateway.v1.SignOutEverywhereRequest;
import dev.herald.gateway.v1.SignOutEverywhereResponse;
import dev.herald.gateway.v1.UpdateUserRequest;
import dev.herald.gateway.v1.UpdateUserResponse;
import dev.herald.gateway.v1.UpdateWorkspaceRequest;
import dev.herald.gateway.v1.UpdateWorkspaceResponse;
import dev.herald.gateway.v1.User;
import dev.herald.gateway.v1.Workspace;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.access.Role;
import dev.herald.runtime.paging.PageSize;
import dev.herald.runtime.paging.PageToken;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Translates between the contract of IdentityService and the stores. */
public final class IdentityRpc {
  private static final String USERS = "users.1";
  private static final String API_KEYS = "apiKeys.1";
  private static final String AUDIT = "auditLog.1";

  private final WorkspaceStore workspaces;
  private final People people;
  private final ApiKeyStore keys;
  private final AccessTokens tokens;
  private final AuditLog audit;
  private final SignInLinks links;
  private final Requests requests;

  public IdentityRpc(
      WorkspaceStore workspaces,
      People people,
      ApiKeyStore keys,
      AccessTokens tokens,
      AuditLog audit,
      SignInLinks links,
      Requests requests) {
    this.workspaces = workspaces;
    this.people = people;
    this.keys = keys;
    this.tokens = tokens;
    this.audit = audit;
    this.links = links;
    this.requests = requests;
  }

  public GetMeResponse getMe(Actor actor, GetMeRequest request) {
    Principal principal = actor.principal();
    GetMeResponse.Builder me =
        GetMeResponse.newBuilder()
            .setSubject(principal.subject())
            .setRole(role(principal.role()))
            .setWorkspace(workspace(principal.workspace()));
    switch (principal) {
      case Principal.Person person -> {
        PersonRow row = people.get(person.workspace(), person.id());
        me.setKind(GetMeResponse.Kind.PERSON)
            .setId(row.id())
            .setEmail(row.email())
            .setName(row.name())
            .setHasPassword(row.passwordHash() != null);
      }
      case Principal.Program program ->
          me.setKind(GetMeResponse.Kind.API_KEY).setId(program.id()).setName(program.name());
      case Principal.Herald herald ->
          throw new IllegalStateException("Herald makes no requests: " + herald);
    }
    return me.build();
  }

  public SignOutEverywhereResponse signOutEverywhere(
      Actor actor, SignOutEverywhereRequest request) {
    return SignOutEverywhereResponse.newBuilder()
        .setSessions(people.signOutEverywhere(person(actor)))
        .build();
  }

  public ChangePasswordResponse changePassword(Actor actor, ChangePasswordRequest request) {
    people.changePassword(
        person(actor), request.getCurrentPassword(), request.getNewPassword(), actor.address());
    return ChangePasswordResponse.getDefaultInstance();
  }

  public CreateTokenResponse createToken(Actor actor, CreateTokenRequest request) {
    Token token = tokens.handOut(actor.principal());
    return CreateTokenResponse.newBuilder()
        .setToken(token.value())
        .setExpireTime(timestamp(token.expireTime()))
        .build();
  }

  public ListUsersResponse listUsers(Actor actor, ListUsersRequest request) {
    int size = PageSize.of(request.getPageSize());
    String after =
        request.getPageToken().isEmpty()
            ? ""
            : PageToken.read(USERS, request.getPageToken()).text();
    List<PersonRow> rows = people.list(actor.workspace(), after, size + 1);
    ListUsersResponse.Builder page = ListUsersResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addUsers(user(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(USERS).text(rows.get(size - 1).email()).token());
    }
    return page.build();
  }

  public InviteUserResponse inviteUser(Actor actor, InviteUserRequest request) {
    return requests.once(
        actor.workspace(),
        "InviteUser",
        request.getRequestId(),
        request,
        InviteUserResponse.parser(),
        tx -> invite(tx, actor, request));
  }

  private InviteUserResponse invite(Handle tx, Actor actor, InviteUserRequest request) {
    Invited invited =
        people.invite(
            tx, actor.workspace(), request.getEmail(), request.getName(), role(request.getRole()));
    return InviteUserResponse.newBuilder()
        .setUser(user(invited.person()))
        .setSignInLink(links.to(invited.token().value()))
        .build();
  }

  public UpdateUserResponse updateUser(Actor actor, UpdateUserRequest request) {
    PersonRow row =
        people.update(
            actor.workspace(),
            request.getUserId(),
            request.hasName() ? Optional.of(request.getName()) : Optional.empty(),
            request.getRole() == MemberRole.MEMBER_ROLE_UNSPECIFIED
                ? Optional.empty()
                : Optional.of(role(request.getRole())),
            request.hasSuspended() ? Optional.of(request.getSuspended()) : Optional.empty());
    return UpdateUserResponse.newBuilder().setUser(user(row)).build();
  }

  public DeleteUserResponse deleteUser(Actor actor, DeleteUserRequest request) {
    people.delete(actor.workspace(), request.getUserId());
    return DeleteUserResponse.getDefaultInstance();
  }

  public CreateSignInLinkResponse createSignInLink(Actor actor, CreateSignInLinkRequest request) {
    SignInToken token = people.newLink(actor.workspace(), request.getUserId());
    return CreateSignInLinkResponse.newBuilder()
        .setSignInLink(links.to(token.value()))
        .setExpireTime(timestamp(token.expireTime()))
        .build();
  }

  public ListApiKeysResponse listApiKeys(Actor actor, ListApiKeysRequest request) {
    int size = PageSize.of(request.getPageSize());
    List<ApiKeyRow> rows =
        keys.list(
            actor.workspace(),
            PageToken.number(API_KEYS, request.getPageToken(), Long.MAX_VALUE),
            request.getWithRevoked(),
            size + 1);
    ListApiKeysResponse.Builder page = ListApiKeysResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addApiKeys(apiKey(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(API_KEYS).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  public CreateApiKeyResponse createApiKey(Actor actor, CreateApiKeyRequest request) {
    return requests.once(
        actor.workspace(),
        "CreateApiKey",
        request.getRequestId(),
        request,
        CreateApiKeyResponse.parser(),
        tx -> create(tx, actor, request));
  }

  private CreateApiKeyResponse create(Handle tx, Actor actor, CreateApiKeyRequest request) {
    Instant expireTime = null;
    if (request.hasExpireTime()) {
      expireTime =
          Instant.ofEpochSecond(
              request.getExpireTime().getSeconds(), request.getExpireTime().getNanos());
      if (!expireTime.isAfter(Instant.now())) {
        throw HeraldException.invalid(
            "expire_time", "EXPIRE_TIME_PAST", "A key must expire in the future, or never.");
      }
    }
    NewApiKey created =
        keys.create(
            tx,
            actor.workspace(),
            request.getName(),
            role(request.getRole()),
            actor.principal().subject(),
            expireTime);
    return CreateApiKeyResponse.newBuilder()
        .setApiKey(apiKey(created.row()))
        .setSecret(created.secret())
        .build();
  }

  public DeleteApiKeyResponse deleteApiKey(Actor actor, DeleteApiKeyRequest request) {
    if (!keys.revoke(actor.workspace(), request.getApiKeyId())) {
      throw HeraldException.notFound("API_KEY_NOT_FOUND", "There is no such API key.");
    }
    return DeleteApiKeyResponse.getDefaultInstance();
  }

  public GetWorkspaceResponse getWorkspace(Actor actor, GetWorkspaceRequest request) {
    return GetWorkspaceResponse.newBuilder().setWorkspace(workspace(actor.workspace())).build();
  }

  public UpdateWorkspaceResponse updateWorkspace(Actor actor, UpdateWorkspaceRequest request) {
    if (request.hasTimeZone()) {
      requireTimeZone(request.getTimeZone());
    }
    workspaces.update(
        actor.workspace(),
        request.hasName() ? Optional.of(request.getName()) : Optional.empty(),
        request.hasTimeZone() ? Optional.of(request.getTimeZone()) : Optional.empty());
    return UpdateWorkspaceResponse.newBuilder().setWorkspace(workspace(actor.workspace())).build();
  }

  public ListAuditLogResponse listAuditLog(Actor actor, ListAuditLogRequest request) {
    int size = PageSize.of(request.getPageSize());
    List<AuditRow> rows =
        audit.list(
            actor.workspace(),
            PageToken.number(AUDIT, request.getPageToken(), Long.MAX_VALUE),
            size + 1);
    ListAuditLogResponse.Builder page = ListAuditLogResponse.newBuilder();
    rows.stream().limit(size).forEach(row -> page.addEntries(entry(row)));
    if (rows.size() > size) {
      page.setNextPageToken(PageToken.write(AUDIT).number(rows.get(size - 1).id()).token());
    }
    return page.build();
  }

  User user(PersonRow row) {
    User.Builder user =
        User.newBuilder()
            .setId(row.id())
            .setEmail(row.email())
            .setName(row.name())
            .setRole(role(row.role()))
            .setState(state(row))
            .setCreateTime(timestamp(row.createTime()))
            .setHasPassword(row.passwordHash() != null);
    if (row.lastSignInTime() != null) {
      user.setLastSignInTime(timestamp(row.lastSignInTime()));
    }
    return user.build();
  }

  Workspace workspace(long id) {
    WorkspaceRow row =
        workspaces
            .find(id)
            .orElseThrow(() -> HeraldException.internal("A principal of no workspace", null));
    return workspace(row);
  }

  static Workspace workspace(WorkspaceRow row) {
    return Workspace.newBuilder()
        .setId(row.id())
        .setName(row.name())
        .setTimeZone(row.timeZone())
        .setCurrency(row.currency())
        .setCreateTime(timestamp(row.createTime()))
        .setOperator(row.operator())
        .build();
  }

  static MemberRole role(Role role) {
    return switch (role) {
      case VIEWER -> MemberRole.VIEWER;
      case OPERATOR -> MemberRole.OPERATOR;
      case OWNER -> MemberRole.OWNER;
      case SERVICE -> throw new IllegalArgumentException("A service is no member.");
    };
  }

  private static Role role(MemberRole role) {
    return switch (role) {
      case VIEWER -> Role.VIEWER;
      case OPERATOR -> Role.OPERATOR;
      case OWNER -> Role.OWNER;
      case MEMBER_ROLE_UNSPECIFIED, UNRECOGNIZED ->
          throw HeraldException.invalid("role", "ROLE_MISSING", "Name a role.");
    };
  }

  private static User.State state(PersonRow row) {
    if (row.suspended()) {
      return User.State.SUSPENDED;
    }
    return row.lastSignInTime() == null ? User.State.INVITED : User.State.ACTIVE;
  }

  private static ApiKey apiKey(ApiKeyRow row) {
    ApiKey.Builder key =
        ApiKey.newBuilder()
            .setId(row.id())
            .setName(row.name())
            .setRole(role(row.role()))
            .setPrefix(row.prefix())
            .setCreatedBy(row.createdBy())
            .setCreateTime(timestamp(row.createTime()));
    Optional.ofNullable(row.lastUsedTime())
        .map(IdentityRpc::timestamp)
        .ifPresent(key::setLastUsedTime);
    Optional.ofNullable(row.expireTime()).map(IdentityRpc::timestamp).ifPresent(key::setExpireTime);
    Optional.ofNullable(row.revokeTime()).map(IdentityRpc::timestamp).ifPresent(key::setRevokeTime);
    return key.build();
  }

  private static AuditEntry entry(AuditRow row) {
    return AuditEntry.newBuilder()
        .setId(row.id())
        .setTime(timestamp(row.time()))
        .setActor(row.actor())
        .setAction(row.action())
        .setTarget(row.target())
        .setAddress(row.address())
        .setRequestId(row.requestId())
        .build();
  }

  private static Principal.Person person(Actor actor) {
    if (actor.principal() instanceof Principal.Person person) {
      return person;
    }
    throw HeraldException.permission("NOT_A_PERSON", "An API key has no password and no sessions.");
  }

  static void requireTimeZone(String name) {
    try {
      ZoneId.of(name);
    } catch (DateTimeException e) {
      throw HeraldException.invalid(
          "time_zone", "TIME_ZONE_UNKNOWN", "Name a time zone such as Asia/Kolkata.");
    }
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamps.fromMillis(instant.toEpochMilli());
  }
}
