package dev.herald.campaign.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.campaign.campaign.Lifecycle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/**
 * What the model of the protocol takes for granted of the database, asked of a real PostgreSQL: two
 * transactions of the statements that matter, held open and interleaved by hand.
 */
class InterleavedTransactionsTest extends InterleavedTransactions {

  @Test
  void aChangeOfStatusWaitsForAClaimThatIsBeingMade() {
    try (Handle claiming = jdbi.open();
        Handle pausing = jdbi.open()) {
      claiming.begin();
      assertThat(claim(claiming, 2)).isInstanceOf(Claim.Claimed.class);

      assertThatThrownBy(() -> impatiently(pausing, tx -> campaigns.lock(tx, campaign)))
          .hasStackTraceContaining(LOCK_TIMEOUT);

      claiming.commit();
      pausing.useTransaction(tx -> change(tx, new Lifecycle.Command.Pause()));
      // So whoever waits for silence after the change sees every claim made before it.
      assertThat(store.underWay(campaign)).isEqualTo(2);
    }
  }

  /** The trap: were the claim to lock like this, a pause would pass it, and count nothing. */
  @Test
  void forKeyShareWouldLetAChangeOfStatusPass() {
    try (Handle claiming = jdbi.open();
        Handle pausing = jdbi.open()) {
      claiming.begin();
      claiming
          .createQuery("select 1 from campaign where campaign_id = :id for key share")
          .bind("id", campaign.value())
          .mapTo(Integer.class)
          .one();
      boolean passed = impatiently(pausing, tx -> campaigns.lock(tx, campaign));
      assertThat(passed).isTrue();
      claiming.rollback();
    }
  }

  @Test
  void aClaimThatWaitedForAPauseIsForbidden() {
    try (Handle pausing = jdbi.open()) {
      pausing.begin();
      change(pausing, new Lifecycle.Command.Pause());
      CompletableFuture<Claim> claim = start(tx -> claim(tx, 2));
      awaitBlockedBy(pausing);

      pausing.commit();

      assertThat(claim.join()).isInstanceOf(Claim.Forbidden.class);
      assertThat(cursor()).isZero();
    }
  }

  @Test
  void aPauseThatIsTakenBackLetsTheWaitingClaimGoOn() {
    try (Handle pausing = jdbi.open()) {
      pausing.begin();
      change(pausing, new Lifecycle.Command.Pause());
      CompletableFuture<Claim> claim = start(tx -> claim(tx, 2));
      awaitBlockedBy(pausing);

      pausing.rollback();

      assertThat(ordinals(claim.join())).containsExactly(0, 1);
    }
  }

  @Test
  void aClaimWhoseTransactionDiesLeavesItsRecipientsToTheNext() {
    try (Handle claiming = jdbi.open()) {
      claiming.begin();
      assertThat(ordinals(claim(claiming, 2))).containsExactly(0, 1);
      claiming.rollback();
    }
    assertThat(ordinals(store.claim(campaign, lease, 2))).containsExactly(0, 1);
  }

  @Test
  void twoClaimsAtOnceNeverGetTheSameRecipient() {
    try (Handle first = jdbi.open()) {
      first.begin();
      assertThat(ordinals(claim(first, 4))).containsExactly(0, 1, 2, 3);
      CompletableFuture<Claim> second = start(tx -> claim(tx, 4));
      awaitBlockedBy(first);

      first.commit();

      assertThat(ordinals(second.join())).containsExactly(4, 5);
    }
  }

  @Test
  void anOwnerWhoseLeaseWasTakenOverCannotClaim() {
    expireLease();
    LeaseStore others = new LeaseStore(jdbi, "somebody else", Duration.ofMinutes(5));
    Lease theirs = others.acquire(lease.channel()).orElseThrow();

    assertThat(store.claim(campaign, lease, 2)).isInstanceOf(Claim.Forbidden.class);
    assertThat(ordinals(store.claim(campaign, theirs, 2))).containsExactly(0, 1);

    others.release(theirs);
  }

  @Test
  void aChannelIsNotTakenOverWhileItsOwnerClaims() {
    try (Handle claiming = jdbi.open();
        Handle taking = jdbi.open()) {
      claiming.begin();
      claim(claiming, 2);

      assertThatThrownBy(
              () ->
                  impatiently(
                      taking,
                      tx ->
                          tx.createUpdate(
                                  "update channel_lease set epoch = epoch + 1 where channel_id ="
                                      + " :id")
                              .bind("id", channel.getId())
                              .execute()))
          .hasStackTraceContaining(LOCK_TIMEOUT);
      claiming.rollback();
    }
  }

  @Test
  void closeAfterSettlementKeepsTheFactsAndQueuesNothing() {
    Batch batch = claimed(2);
    makeOverdue();
    assertThat(closings.settleLost(List.of(), 10)).isEqualTo(2);
    int facts = outbox();

    Closing closing = accepted(batch, 0);
    closing.retries.add(new Closing.Retry(1, 0, 0));

    assertThat(closings.close(batch, workspace(), closing)).isFalse();
    assertThat(queued()).isEmpty();
    assertThat(unconfirmed()).containsExactly(0, 1);
    assertThat(outbox()).isEqualTo(facts + 1);
  }

  @Test
  void aBatchIsSettledOnceWhoeverTries() {
    claimed(2);
    makeOverdue();
    int before = outbox();
    try (Handle first = jdbi.open();
        Handle second = jdbi.open()) {
      first.begin();
      assertThat(settle(first)).isEqualTo(2);
      assertThat((int) impatiently(second, this::settle)).isZero();
      first.commit();
      assertThat((int) impatiently(second, this::settle)).isZero();
    }
    assertThat(unconfirmed()).containsExactly(0, 1);
    assertThat(outbox()).isEqualTo(before + 1);
  }

  @Test
  void aBatchThatIsBeingClosedIsNotSettled() {
    Batch batch = claimed(2);
    makeOverdue();
    try (Handle closing = jdbi.open();
        Handle settling = jdbi.open()) {
      closing.begin();
      Closing unsent = new Closing(evidence());
      unsent.retries.add(new Closing.Retry(0, 0, 0));
      unsent.retries.add(new Closing.Retry(1, 0, 0));
      assertThat(closings.close(closing, batch, workspace(), unsent)).isTrue();
      assertThat((int) impatiently(settling, this::settle)).isZero();
      closing.commit();
    }
    assertThat(queued()).containsExactly(0, 1);
    assertThat(unconfirmed()).isEmpty();
  }

  @Test
  void aCloseThatWaitedForTheSettlementFindsItselfTooLate() {
    Batch batch = claimed(2);
    makeOverdue();
    try (Handle settling = jdbi.open()) {
      settling.begin();
      assertThat(settle(settling)).isEqualTo(2);
      Closing unsent = new Closing(evidence());
      unsent.retries.add(new Closing.Retry(0, 0, 0));
      CompletableFuture<Boolean> closed =
          start(tx -> closings.close(tx, batch, workspace(), unsent));
      awaitBlockedBy(settling);

      settling.commit();

      assertThat(closed.join()).isFalse();
    }
    assertThat(queued()).isEmpty();
    assertThat(unconfirmed()).containsExactly(0, 1);
  }

  @Test
  void aSecondCloseOfTheSameBatchQueuesNothingAgain() {
    Batch batch = claimed(2);
    Closing unsent = new Closing(evidence());
    unsent.retries.add(new Closing.Retry(0, 0, 0));
    unsent.retries.add(new Closing.Retry(1, 0, 0));
    assertThat(closings.close(batch, workspace(), unsent)).isTrue();
    assertThat(ordinals(store.claim(campaign, lease, 2))).containsExactly(0, 1);

    assertThat(closings.close(batch, workspace(), unsent)).isFalse();

    assertThat(queued()).isEmpty();
  }

  @Test
  void theOwnOpenBatchIsNeverSettledByItsProcess() {
    Batch batch = claimed(2);
    makeOverdue();
    assertThat(closings.settleLost(List.of(batch.id()), 10)).isZero();
  }

  @Test
  void anotherProcessLeavesABatchAloneUntilItsTimeIsOver() {
    claimed(2);
    assertThat(closings.settleLost(List.of(), 10)).isZero();
    makeOverdue();
    assertThat(closings.settleLost(List.of(), 10)).isEqualTo(2);
  }

  @Test
  void aCampaignIsNotExhaustedWhileItsLastBatchIsOpen() {
    Batch batch = claimed(PEOPLE);
    assertThat(exhausted()).isFalse();

    Closing last = accepted(batch, 0, 1, 2, 3, 4);
    last.retries.add(new Closing.Retry(5, 0, 0));
    closings.close(batch, workspace(), last);
    assertThat(exhausted()).isFalse();

    Batch again = claimed(1);
    assertThat(exhausted()).isFalse();
    closings.close(again, workspace(), accepted(again, 5));
    assertThat(exhausted()).isTrue();
  }

  /** The order of time limits on which the barrier and the settlement rest. */
  @Test
  void aBatchIsQuietAfterItsLastPossibleAnswerAndSettledAfterThat() {
    DispatchConfig config = DispatchConfig.of(Duration.ofSeconds(10));
    assertThat(config.quietAfter()).isGreaterThan(config.sendWindow().plus(config.sendTimeout()));
    assertThat(config.settleAfter()).isGreaterThan(config.quietAfter());
  }
}
