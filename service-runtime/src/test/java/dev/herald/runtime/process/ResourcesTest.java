package dev.herald.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {

  @Test
  void whatWasOpenedLastIsClosedFirstAndAFailureStopsNothing() {
    List<String> closed = new ArrayList<>();
    Resources resources = new Resources();
    resources.own("database", () -> closed.add("database"));
    resources.own(
        "broken",
        () -> {
          throw new IllegalStateException("will not close");
        });
    resources.own("server", () -> closed.add("server"));
    resources.close();
    resources.close();
    assertThat(closed).containsExactly("server", "database");
  }
}
