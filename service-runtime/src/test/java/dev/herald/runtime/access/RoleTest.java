package dev.herald.runtime.access;

import static dev.herald.runtime.access.Role.OPERATOR;
import static dev.herald.runtime.access.Role.OWNER;
import static dev.herald.runtime.access.Role.SERVICE;
import static dev.herald.runtime.access.Role.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoleTest {

  @Test
  void ownersIncludeOperatorsIncludeViewersAndServicesStandApart() {
    Map<Role, Set<Role>> permitted =
        Map.of(
            VIEWER, Set.of(VIEWER),
            OPERATOR, Set.of(VIEWER, OPERATOR),
            OWNER, Set.of(VIEWER, OPERATOR, OWNER),
            SERVICE, Set.of(SERVICE));
    for (Role caller : Role.values()) {
      for (Role required : Role.values()) {
        assertThat(caller.permits(required))
            .as("%s calls what requires %s", caller, required)
            .isEqualTo(permitted.get(caller).contains(required));
      }
    }
  }

  @Test
  void aServiceHasNoWorkspaceToActIn() {
    assertThatThrownBy(() -> Caller.service("gateway").workspace())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new Caller(7, SERVICE, "gateway"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Caller(0, OWNER, "somebody"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
