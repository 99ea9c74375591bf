package dev.herald.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.HeraldException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When there is no room, no database, or no more reason to keep what was received. */
class IntakeUnderPressureTest {
  private static final String BODY =
      WhatsApp.statuses("1", WhatsApp.status("sent", "someone-elses", 1_790_000_000));

  @ParameterizedTest
  @EnumSource(LoggedIn.class)
  void aFullLogTellsWhatsAppToComeBackAndTakesAgainWhenThereIsRoom(LoggedIn where) {
    try (TestGateway herald = where.start(Map.of("HERALD_WEBHOOK_MAX_PENDING", "3"))) {
      // No address of a channel can be found out: everything waits.
      herald
          .services()
          .refuse(
              dev.herald.campaign.v1.InboundServiceGrpc.getResolveChannelsMethod(),
              HeraldException.unavailable("DATABASE_UNAVAILABLE", "Not now."));
      await().until(() -> WhatsApp.post(herald, BODY).status() == 503);
      Answer full = WhatsApp.post(herald, BODY);
      assertThat(full.header("Retry-After")).isEqualTo("5");
      assertThat(full.reason()).isEqualTo("INTAKE_UNAVAILABLE");

      herald.services().reset();

      await().until(() -> WhatsApp.post(herald, BODY).status() == 200);
      assertThat(herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()))
          .isEmpty();
    }
  }

  @Test
  void whatCannotBeLoggedIsNotAcknowledged() {
    try (TestGateway herald = TestGateway.start()) {
      herald
          .jdbi()
          .useHandle(
              handle -> handle.execute("alter table gateway.webhook_log rename to elsewhere"));
      Answer refused = WhatsApp.post(herald, BODY);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isNotEmpty();

      herald
          .jdbi()
          .useHandle(
              handle -> handle.execute("alter table gateway.elsewhere rename to webhook_log"));
      assertThat(WhatsApp.post(herald, BODY).status()).isEqualTo(200);
    }
  }

  @Test
  void whatADatabaseThatWentAwayLeftUnmarkedDoesNotWaitForTheLease() {
    try (TestGateway herald = TestGateway.start(Map.of("HERALD_WEBHOOK_LEASE", "10m"))) {
      herald
          .jdbi()
          .useHandle(
              handle -> {
                handle.execute(
                    """
                    create function gateway.go_away() returns trigger language plpgsql as
                      $$ begin raise exception 'going away' using errcode = '57P01'; end $$
                    """);
                handle.execute(
                    """
                    create trigger going_away before delete on gateway.webhook_pending
                      execute function gateway.go_away()
                    """);
              });
      assertThat(WhatsApp.post(herald, BODY).status()).isEqualTo(200);
      await().until(() -> attempts(herald) > 0);

      herald
          .jdbi()
          .useHandle(
              handle -> handle.execute("drop trigger going_away on gateway.webhook_pending"));

      await().until(() -> LoggedIn.pending(herald) == 0);
    }
  }

  private static int attempts(TestGateway herald) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select coalesce(max(attempts), 0) from gateway.webhook_pending")
                    .mapTo(Integer.class)
                    .one());
  }

  @Test
  void daysPastTheirRetentionAreDroppedUnlessSomethingOfThemStillWaits() {
    try (TestGateway herald = TestGateway.start()) {
      PostgresWebhookLog log = new PostgresWebhookLog(herald.jdbi());
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      LocalDate old = today.minusDays(12);
      LocalDate waiting = today.minusDays(11);
      LocalDate young = today.minusDays(5);
      for (LocalDate day : List.of(old, waiting, young)) {
        herald
            .jdbi()
            .useHandle(
                handle ->
                    handle.execute(
                        "create table gateway.%s partition of gateway.webhook_log for values from ('%s') to ('%s')"
                            .formatted(partition(day), day, day.plusDays(1))));
      }
      herald
          .jdbi()
          .useHandle(
              handle ->
                  handle.execute(
                      """
                      insert into gateway.webhook_pending (id, receive_time, bytes, next_time)
                      values (-1, ?, 1, 'infinity')
                      """,
                      waiting.atStartOfDay(ZoneOffset.UTC).toOffsetDateTime()));

      log.maintainPartitions(Duration.ofDays(10));

      assertThat(partitions(herald))
          .contains(partition(waiting), partition(young), partition(today.plusDays(3)))
          .doesNotContain(partition(old));
    }
  }

  private static String partition(LocalDate day) {
    return "webhook_log_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
  }

  private static List<String> partitions(TestGateway herald) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select relname from pg_class where relname like 'webhook_log_2%'")
                    .mapTo(String.class)
                    .list());
  }
}
