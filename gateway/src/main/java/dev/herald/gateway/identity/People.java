package dev.herald.gateway.identity;

import dev.herald.gateway.identity.OidcProvider.Proven;
import dev.herald.gateway.identity.PersonStore.PersonRow;
import dev.herald.gateway.identity.SignInTokenStore.Bearer;
import dev.herald.gateway.identity.SignInTokenStore.SignInToken;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import dev.herald.runtime.access.Role;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The rules for people: signing in, passwords, invitations, roles. */
public final class People {
  private static final int MOST_WORKSPACES = 20;
  private static final Duration LINK_LIFETIME = Duration.ofDays(7);

  private final Jdbi jdbi;
  private final PersonStore persons;
  private final SessionStore sessions;
  private final SignInTokenStore tokens;
  private final SignInLimiter limiter;
  private final Passwords passwords;
  private final AuditLog audit;
  private final OidcIdentityStore oidc = new OidcIdentityStore();
  private final WorkspaceStore workspaces;

  /** A person who has just signed in. */
  record SignedIn(PersonRow person, SessionId session) {}

  /** A person and the link by which they sign in the first time. */
  record Invited(PersonRow person, SignInToken token) {}

  public People(Jdbi jdbi, WorkspaceStore workspaces, SessionStore sessions, AuditLog audit) {
    this.jdbi = jdbi;
    this.persons = new PersonStore(jdbi);
    this.sessions = sessions;
    this.tokens = new SignInTokenStore(jdbi);
    this.limiter = new SignInLimiter(jdbi);
    this.passwords = new Passwords(persons.saltKey());
    this.audit = audit;
    this.workspaces = workspaces;
  }

  /**
   * Signs in with a password. Tells nothing about which part was wrong, neither in words nor in
   * time.
   */
  SignedIn signIn(String givenEmail, String password, String address, String requestId) {
    String email = normal(givenEmail);
    limiter.attempt(email, address);
    List<PersonRow> candidates = persons.byEmail(email, MOST_WORKSPACES);
    List<Boolean> matches =
        passwords.check(
            email, password, candidates.stream().map(row -> "" + row.passwordHash()).toList());
    for (int i = 0; i < candidates.size(); i++) {
      if (matches.get(i)) {
        limiter.succeeded(email, address);
        return start(candidates.get(i), address, requestId);
      }
    }
    noteRefused(candidates, address, requestId);
    throw HeraldException.unauthenticated(
        "SIGN_IN_REFUSED", "This e-mail address and password do not belong together.");
  }

  /** Signs in with a one-time link. */
  SignedIn signIn(String token, String address, String requestId) {
    limiter.attempt(address);
    Optional<Bearer> bearer = jdbi.inTransaction(handle -> tokens.redeem(handle, token));
    PersonRow person =
        bearer
            .flatMap(found -> persons.find(found.workspaceId(), found.personId()))
            .filter(found -> !found.suspended())
            .orElseThrow(
                () ->
                    HeraldException.unauthenticated(
                        "SIGN_IN_LINK_INVALID",
                        "This sign-in link has been used or is too old. Ask an owner for a new"
                            + " one."));
    limiter.succeeded(address);
    return start(person, address, requestId);
  }

  /** Counts an attempt to sign in that is proven elsewhere. */
  void countAttempt(String address) {
    limiter.attempt(address);
  }

  /**
   * Signs in whom the provider has proven: somebody bound to this subject; or invited under the
   * address it vouches for, and bound to the subject from now on; or of a domain whose people may
   * come in, into the installation's first workspace.
   */
  SignedIn signIn(OidcSettings provider, Proven proven, String address, String requestId) {
    PersonRow person = jdbi.inTransaction(tx -> proven(tx, provider, proven));
    limiter.succeeded(address);
    return start(person, address, requestId);
  }

  private PersonRow proven(Handle tx, OidcSettings provider, Proven proven) {
    String issuer = provider.issuer().getValue();
    String email = normal(proven.email());
    List<OidcIdentityStore.Candidate> candidates =
        oidc.candidates(tx, issuer, proven.subject(), email, MOST_WORKSPACES);
    if (!candidates.isEmpty() && candidates.getFirst().bound()) {
      return candidates.getFirst().person();
    }
    if (!proven.emailVerified() || email.isEmpty()) {
      throw HeraldException.unauthenticated(
          "OIDC_EMAIL_UNVERIFIED", "The provider does not vouch for this person's e-mail address.");
    }
    PersonRow person =
        candidates.stream()
            .map(OidcIdentityStore.Candidate::person)
            .findFirst()
            .or(() -> provider.roleOf(email).flatMap(role -> join(tx, email, proven.name(), role)))
            .orElseThrow(
                () ->
                    HeraldException.unauthenticated(
                        "OIDC_NOT_INVITED", "Nobody here has invited this person."));
    oidc.bind(tx, person, issuer, proven.subject());
    return person;
  }

  private Optional<PersonRow> join(Handle tx, String email, String name, Role role) {
    return workspaces.list(0, 1).stream()
        .findFirst()
        .flatMap(first -> persons.insert(tx, first.id(), Ids.next(), email, name, role));
  }

  private SignedIn start(PersonRow person, String address, String requestId) {
    SessionId session =
        jdbi.inTransaction(
            handle -> {
              persons.signedIn(handle, person.workspaceId(), person.id());
              return sessions.start(handle, person.workspaceId(), person.id());
            });
    audit.record(person.workspaceId(), person.email(), "SIGN_IN", "", address, requestId);
    return new SignedIn(person, session);
  }

  // Beside the answer, which must take the same time whether there is something to note or not.
  private void noteRefused(List<PersonRow> candidates, String address, String requestId) {
    Thread.startVirtualThread(
        () ->
            candidates.forEach(
                person ->
                    audit.record(
                        person.workspaceId(),
                        person.email(),
                        "SIGN_IN_REFUSED",
                        "",
                        address,
                        requestId)));
  }

  PersonRow get(long workspace, long id) {
    return persons.find(workspace, id).orElseThrow(People::notFound);
  }

  List<PersonRow> list(long workspace, String afterEmail, int limit) {
    return persons.list(workspace, afterEmail, limit);
  }

  Invited invite(Handle tx, long workspace, String givenEmail, String name, Role role) {
    PersonRow person =
        persons
            .insert(tx, workspace, Ids.next(), normal(givenEmail), name, role)
            .orElseThrow(
                () ->
                    HeraldException.alreadyExists(
                        "USER_EXISTS", "The workspace has a user with this address already."));
    return new Invited(person, tokens.create(tx, workspace, person.id(), LINK_LIFETIME));
  }

  /** The owner of the first start: made if missing, with a new link each time. */
  Invited owner(long workspace, String givenEmail, String name) {
    String email = normal(givenEmail);
    return jdbi.inTransaction(
        handle -> {
          persons.insert(handle, workspace, Ids.next(), email, name, Role.OWNER);
          PersonRow person = persons.findByEmail(handle, workspace, email).orElseThrow();
          return new Invited(person, tokens.create(handle, workspace, person.id(), LINK_LIFETIME));
        });
  }

  SignInToken newLink(long workspace, long id) {
    return jdbi.inTransaction(
        handle -> {
          requireKnown(handle, workspace, id);
          return tokens.create(handle, workspace, id, LINK_LIFETIME);
        });
  }

  /** Changes what is given; who is suspended is signed out everywhere. */
  PersonRow update(
      long workspace,
      long id,
      Optional<String> name,
      Optional<Role> role,
      Optional<Boolean> suspended) {
    return jdbi.inTransaction(
        handle -> {
          List<Long> owners = persons.lockActiveOwners(handle, workspace);
          requireKnown(handle, workspace, id);
          boolean losesOwner =
              role.filter(wanted -> wanted != Role.OWNER).isPresent() || suspended.orElse(false);
          if (losesOwner) {
            requireOtherOwner(owners, id);
          }
          if (suspended.orElse(false)) {
            signOut(handle, workspace, id);
          }
          return persons.update(handle, workspace, id, name, role, suspended);
        });
  }

  void delete(long workspace, long id) {
    jdbi.useTransaction(
        handle -> {
          List<Long> owners = persons.lockActiveOwners(handle, workspace);
          requireKnown(handle, workspace, id);
          requireOtherOwner(owners, id);
          persons.delete(handle, workspace, id);
        });
  }

  /** Sets the password; whoever else is signed in as this person is signed out. */
  void changePassword(Principal.Person person, String current, String wanted, String address) {
    PersonRow row = get(person.workspace(), person.id());
    if (row.passwordHash() != null) {
      limiter.attempt(row.email(), address);
      if (!passwords.check(row.email(), current, List.of(row.passwordHash())).getFirst()) {
        throw HeraldException.invalid(
            "current_password", "CURRENT_PASSWORD_WRONG", "This is not the current password.");
      }
      limiter.succeeded(row.email(), address);
    }
    Passwords.requireGood(wanted, row.email());
    String hash = passwords.hash(row.email(), wanted);
    jdbi.useTransaction(
        handle -> {
          persons.setPassword(handle, person.workspace(), person.id(), hash);
          tokens.deleteAll(handle, person.workspace(), person.id());
          sessions.endAll(handle, person.workspace(), person.id(), Optional.of(person.session()));
        });
  }

  int signOutEverywhere(Principal.Person person) {
    return jdbi.inTransaction(handle -> signOut(handle, person.workspace(), person.id()));
  }

  /** Removes sessions, links and counts that have run out. */
  public void sweep() {
    sessions.sweep();
    tokens.sweep();
    limiter.sweep();
  }

  private int signOut(Handle handle, long workspace, long id) {
    tokens.deleteAll(handle, workspace, id);
    return sessions.endAll(handle, workspace, id, Optional.empty());
  }

  private void requireKnown(Handle handle, long workspace, long id) {
    if (persons.find(handle, workspace, id).isEmpty()) {
      throw notFound();
    }
  }

  private static void requireOtherOwner(List<Long> owners, long id) {
    if (owners.equals(List.of(id))) {
      throw HeraldException.precondition(
          "LAST_OWNER", "This is the last owner of the workspace. Make somebody else owner first.");
    }
  }

  private static String normal(String email) {
    return email.strip().toLowerCase(Locale.ROOT);
  }

  private static HeraldException notFound() {
    return HeraldException.notFound("USER_NOT_FOUND", "There is no such user.");
  }
}
