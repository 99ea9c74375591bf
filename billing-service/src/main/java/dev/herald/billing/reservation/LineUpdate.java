package dev.herald.billing.reservation;

import dev.herald.billing.ledger.Origin;
import java.util.Optional;

/** A state of a line that another service reports, with its version. */
public sealed interface LineUpdate {

  LineKey key();

  long version();

  Origin origin();

  /** The line's totals with this state in them. */
  Totals in(Totals totals);

  /** The version of this kind of state that the line has heard last. */
  long knownVersion(Totals totals);

  /** What is wrong with the state by itself, whatever the line. */
  Optional<Rejection> flaw();

  /** So many messages of the line count as sent, so many cost nothing. */
  record Usage(LineKey key, long version, int charged, int released) implements LineUpdate {
    @Override
    public Origin origin() {
      return Origin.USAGE;
    }

    @Override
    public Totals in(Totals totals) {
      return totals.withUsage(charged, released, version);
    }

    @Override
    public long knownVersion(Totals totals) {
      return totals.usageVersion();
    }

    @Override
    public Optional<Rejection> flaw() {
      return Rejection.unless(
          charged >= 0 && released >= 0,
          Rejection.Reason.NEGATIVE_TOTAL,
          "charged_messages and released_messages must not be negative.");
    }
  }

  /** So many messages of the line will never be attempted. */
  record Unattempted(LineKey key, long version, int messages) implements LineUpdate {
    @Override
    public Origin origin() {
      return Origin.UNATTEMPTED;
    }

    @Override
    public Totals in(Totals totals) {
      return totals.withUnattempted(messages, version);
    }

    @Override
    public long knownVersion(Totals totals) {
      return totals.unattemptedVersion();
    }

    @Override
    public Optional<Rejection> flaw() {
      return Rejection.unless(
          messages >= 0, Rejection.Reason.NEGATIVE_TOTAL, "messages must not be negative.");
    }
  }
}
