package dev.herald.gateway.identity;

import dev.herald.runtime.access.Role;

/** Who makes a request, as proven by a session or an API key. */
public sealed interface Principal {
  long workspace();

  Role role();

  /** As shown to people in histories; two kinds of principal never look alike. */
  String subject();

  /** A signed-in person. */
  record Person(long workspace, long id, Role role, String email, SessionId session)
      implements Principal {
    @Override
    public String subject() {
      return email;
    }
  }

  /** A program with an API key. */
  record Program(long workspace, long id, Role role, String name) implements Principal {
    @Override
    public String subject() {
      return "key:" + name;
    }
  }

  /** Herald itself, reading what any member of the workspace may. */
  record Herald(long workspace) implements Principal {
    @Override
    public Role role() {
      return Role.VIEWER;
    }

    @Override
    public String subject() {
      return "herald";
    }
  }
}
