package dev.herald.gateway.identity;

import dev.herald.gateway.security.Hashes;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Makes guessing slow: attempts are counted before they are tried, by e-mail address, by network
 * address and by both together, in the database and therefore across instances and restarts. An
 * unknown address is counted like a known one, so that nobody learns which exist.
 */
final class SignInLimiter {
  private static final Duration WINDOW = Duration.ofMinutes(15);
  private static final Duration LONGEST_BLOCK = Duration.ofMinutes(15);
  private static final Duration FIRST_BLOCK = Duration.ofSeconds(5);

  // Somebody at one place guessing one password; somebody at many places; one place guessing many.
  private static final int FREE_TOGETHER = 5;
  private static final int FREE_BY_EMAIL = 50;
  private static final int FREE_BY_ADDRESS = 30;

  private final Jdbi jdbi;

  private record Subject(byte[] hash, int free) {}

  SignInLimiter(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Counts an attempt with a password, or refuses it if there were too many. */
  void attempt(String email, String address) {
    count(subjects(email, address));
  }

  /** Counts an attempt with a link. A link is too long to be guessed; this only bounds the work. */
  void attempt(String address) {
    count(List.of(byAddress(address)));
  }

  private void count(List<Subject> subjects) {
    for (Subject subject : subjects) {
      Optional<Instant> blocked = count(subject);
      if (blocked.isPresent()) {
        Duration wait = Duration.between(Instant.now(), blocked.get());
        throw HeraldException.exhausted(
            "TOO_MANY_ATTEMPTS",
            "There were too many attempts to sign in. Wait a while, or ask an owner for a link.",
            wait.isNegative() ? FIRST_BLOCK : wait);
      }
    }
  }

  /** A sign-in succeeded: the attempt was no guess. */
  void succeeded(String email, String address) {
    succeeded(subjects(email, address));
  }

  void succeeded(String address) {
    succeeded(List.of(byAddress(address)));
  }

  private void succeeded(List<Subject> subjects) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    update sign_in_attempt set attempts = greatest(attempts - 1, 0)
                    where subject_hash = any (:hashes)
                    """)
                .bind("hashes", subjects.stream().map(Subject::hash).toArray(byte[][]::new))
                .execute());
  }

  int sweep() {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                "delete from sign_in_attempt where window_start < now() - interval '1 day'"));
  }

  // One statement, so that parallel guesses are counted one by one. While blocked, nothing is
  // counted:
  // the block ends by itself however often somebody tries.
  private Optional<Instant> count(Subject subject) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    insert into sign_in_attempt as a (subject_hash, attempts, window_start)
                    values (:hash, 1, now())
                    on conflict (subject_hash) do update set
                      attempts = case
                        when a.blocked_until > now() then a.attempts
                        when a.window_start < now() - make_interval(secs => :window) then 1
                        else a.attempts + 1 end,
                      window_start = case
                        when a.blocked_until > now() then a.window_start
                        when a.window_start < now() - make_interval(secs => :window) then now()
                        else a.window_start end,
                      blocked_until = case
                        when a.blocked_until > now() then a.blocked_until
                        when a.window_start < now() - make_interval(secs => :window) then null
                        when a.attempts + 1 > :free then now() + make_interval(secs => least(
                          :longest, :first * power(2, least(a.attempts - :free, 20))))
                        else null end
                    returning case when new.blocked_until > now() then new.blocked_until end
                    """)
                .bind("hash", subject.hash())
                .bind("window", WINDOW.toSeconds())
                .bind("free", subject.free())
                .bind("first", (double) FIRST_BLOCK.toSeconds())
                .bind("longest", (double) LONGEST_BLOCK.toSeconds())
                .mapTo(Instant.class)
                .findOne());
  }

  private static List<Subject> subjects(String email, String address) {
    return List.of(
        new Subject(Hashes.sha256("both\n" + email + "\n" + address), FREE_TOGETHER),
        new Subject(Hashes.sha256("email\n" + email), FREE_BY_EMAIL),
        byAddress(address));
  }

  private static Subject byAddress(String address) {
    return new Subject(Hashes.sha256("address\n" + address), FREE_BY_ADDRESS);
  }
}
