package dev.herald.analytics.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.analytics.retention.Closing.Block;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {
  private static final Block OLD = new Block(0, 4096, 10);
  private static final Block OLD_TOO = new Block(1, 4096, 20);
  private static final Block YOUNG = new Block(2, 4096, 200);
  private static final Block PART = new Block(2, 12, 30);
  private static final Block BEHIND_A_GAP = new Block(5, 12, 30);

  @Test
  void blocksAreClosedInOrderUpToTheFirstYoungOne() {
    assertThat(Closing.below(0, true, List.of(OLD, OLD_TOO, YOUNG), 100)).isEqualTo(8192);
    assertThat(Closing.below(0, true, List.of(OLD, YOUNG, new Block(3, 1, 5)), 100))
        .isEqualTo(4096);
    assertThat(Closing.below(0, true, List.of(YOUNG), 100)).isZero();
  }

  @Test
  void whileACampaignMayGoOnOnlyFullBlocksAreClosed() {
    assertThat(Closing.below(0, false, List.of(OLD, OLD_TOO, PART), 100)).isEqualTo(8192);
    assertThat(Closing.below(0, false, List.of(OLD, BEHIND_A_GAP), 100)).isEqualTo(4096);
    assertThat(Closing.below(0, true, List.of(OLD, BEHIND_A_GAP), 100)).isEqualTo(6 * 4096);
  }
}
