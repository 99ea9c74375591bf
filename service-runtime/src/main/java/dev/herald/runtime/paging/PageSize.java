package dev.herald.runtime.paging;

import dev.herald.runtime.HeraldException;

/** How many items a page has. */
public final class PageSize {
  public static final int DEFAULT = 50;
  public static final int MAX = 1000;

  private PageSize() {}

  /** The size asked for: 0 means the default, more than the maximum means the maximum. */
  public static int of(int requested) {
    if (requested < 0) {
      throw HeraldException.invalid(
          "page_size", "PAGE_SIZE_NEGATIVE", "The page size must not be negative.");
    }
    return requested == 0 ? DEFAULT : Math.min(requested, MAX);
  }
}
