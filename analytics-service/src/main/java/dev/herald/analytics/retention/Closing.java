package dev.herald.analytics.retention;

import java.util.List;

/** Which messages of a campaign may be closed: a beginning of its ordinals, in whole blocks. */
final class Closing {
  static final int BLOCK_MESSAGES = 4096;

  private Closing() {}

  /**
   * A block of ordinals as it stands.
   *
   * @param messages how many of its ordinals have evidence
   * @param latest when the first evidence of the latest of them was, in microseconds since 1970
   */
  record Block(int number, int messages, long latest) {}

  /**
   * The ordinal below which everything may be closed. Blocks are closed in order, up to the first
   * in which a message is too young. While a campaign may still attempt recipients, only full
   * blocks are: an ordinal without evidence may yet get some.
   *
   * @param closedBelow what is closed already
   * @param blocks the blocks from there on that hold messages, ascending
   */
  static long below(long closedBelow, boolean isFinished, List<Block> blocks, long cutoff) {
    long below = closedBelow;
    for (Block block : blocks) {
      boolean isNext = isFinished || (long) block.number() * BLOCK_MESSAGES == below;
      boolean isComplete = isFinished || block.messages() == BLOCK_MESSAGES;
      if (block.latest() >= cutoff || !isNext || !isComplete) {
        return below;
      }
      below = (block.number() + 1L) * BLOCK_MESSAGES;
    }
    return below;
  }
}
