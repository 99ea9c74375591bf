package dev.herald.campaign.dispatch.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.dispatch.model.Explorer.Result;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dispatch protocol, looked at in every interleaving that a small scope allows: no recipient is
 * handed to WhatsApp twice (P3), none is forgotten and SENT is never said too early (P4), nothing
 * leaves after a barrier has returned (P5), and from every moment a way leads to an end.
 *
 * <p>{@code -Dherald.model=large} looks at scopes of many million states.
 */
class DispatchProtocolTest {

  static Stream<Scope> scopes() {
    return "large".equals(System.getProperty("herald.model")) ? largeScopes() : smallScopes();
  }

  private static Stream<Scope> smallScopes() {
    return Stream.of(
        Scope.of(2, 1).withCrashes(1),
        Scope.of(2, 2).withPauses(1).withCrashes(1),
        Scope.of(2, 2).withStop().withCrashes(1),
        Scope.of(1, 1).withPauses(1).withStop().withCrashes(2),
        Scope.of(1, 1).withPauses(1).withCrashes(1).withPersonRetries(2).withStatuses(),
        Scope.of(2, 1).withPersonRetries(1));
  }

  private static Stream<Scope> largeScopes() {
    return Stream.of(
        Scope.of(3, 2),
        Scope.of(3, 2).withCrashes(1),
        Scope.of(3, 1).withCrashes(2),
        Scope.of(3, 2).withPauses(1).withCrashes(1),
        Scope.of(3, 2).withStop().withCrashes(1),
        Scope.of(2, 1).withPauses(1).withStop().withCrashes(1).withPersonRetries(1),
        Scope.of(2, 2).withCrashes(1).withPersonRetries(1).withStatuses(),
        Scope.of(1, 1).withPauses(2).withStop().withCrashes(2).withPersonRetries(2).withStatuses());
  }

  @ParameterizedTest
  @MethodSource("scopes")
  void everyInterleavingKeepsThePromises(Scope scope) {
    holds(scope);
  }

  /**
   * Any time limit may pass at any moment, a process may sleep anywhere, both claim as they like.
   */
  @Test
  void neitherClocksNorLeasesAreNeededForP3AndP4() {
    holds(
        Scope.of(2, 1)
            .withPauses(1)
            .withCrashes(1)
            .withPersonRetries(1)
            .withoutClocks()
            .withoutLeases());
  }

  @ParameterizedTest
  @EnumSource(Mutant.class)
  void everyMutantOfTheProtocolIsFoundOut(Mutant mutant) {
    Scope scope = Scope.of(2, 2).withPauses(1).withCrashes(1);
    Result found =
        Explorer.explore(
            (mutant == Mutant.RETRY_COPIES ? scope.withPersonRetries(1) : scope).with(mutant));
    System.out.println(mutant + ": " + found);
    assertThat(found.holds()).as("%s lives", mutant).isFalse();
    assertThat(found.path()).isNotEmpty();
  }

  private static void holds(Scope scope) {
    Result result = Explorer.explore(scope);
    System.out.println(scope + ": " + result);
    assertThat(result.broken()).as(result.toString()).isEmpty();
  }
}
