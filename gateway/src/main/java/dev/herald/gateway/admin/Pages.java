package dev.herald.gateway.admin;

import java.util.function.Function;

/** Walks through a list page by page. */
final class Pages {
  static final int SIZE = 200;

  private Pages() {}

  /**
   * @param page prints the page after this token and answers the token of the next; empty at the
   *     end
   */
  static void each(Function<String, String> page) {
    String token = "";
    do {
      token = page.apply(token);
    } while (!token.isEmpty());
  }
}
