package dev.herald.simulator.cloudapi;

import dev.herald.simulator.account.PhoneNumber;
import dev.herald.simulator.error.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Errors the operator of the simulator has ordered for coming sends, such as an expired token or a
 * locked account.
 */
public final class Refusals {
  private final List<Rule> rules = new ArrayList<>();
  private volatile boolean none = true;

  private static final class Rule {
    final ErrorCode code;
    final @Nullable String phoneNumberId;
    long left;

    Rule(ErrorCode code, @Nullable String phoneNumberId, long left) {
      this.code = code;
      this.phoneNumberId = phoneNumberId;
      this.left = left;
    }
  }

  /** Refuses the next {@code times} sends of a number (null = of any number). */
  public synchronized void add(ErrorCode code, @Nullable String phoneNumberId, long times) {
    rules.add(new Rule(code, phoneNumberId, times));
    none = false;
  }

  public synchronized void clear() {
    rules.clear();
    none = true;
  }

  /** The error the next send of the number gets, or null. */
  @Nullable ErrorCode next(PhoneNumber number) {
    return none ? null : take(number);
  }

  private synchronized @Nullable ErrorCode take(PhoneNumber number) {
    for (Iterator<Rule> each = rules.iterator(); each.hasNext(); ) {
      Rule rule = each.next();
      if (rule.phoneNumberId == null || rule.phoneNumberId.equals(number.id())) {
        rule.left--;
        if (rule.left == 0) {
          each.remove();
          none = rules.isEmpty();
        }
        return rule.code;
      }
    }
    return null;
  }
}
