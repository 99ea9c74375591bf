package dev.herald.billing.edge;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.billing.ledger.Account;
import dev.herald.billing.ledger.Cause;
import dev.herald.billing.ledger.Entry;
import dev.herald.billing.ledger.Subject;
import dev.herald.billing.money.Micros;
import dev.herald.billing.ratecard.Category;
import dev.herald.billing.v1.LedgerEntry;
import dev.herald.billing.v1.MessageCategory;
import dev.herald.billing.v1.Money;
import dev.herald.billing.wallet.ChargeBasis;
import dev.herald.runtime.HeraldException;
import io.grpc.stub.StreamObserver;
import java.time.Instant;

/** Values that several contracts share. */
public final class Protos {
  private Protos() {}

  public static <T> void answer(StreamObserver<T> observer, T response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  public static Money money(Micros amount, String currency) {
    return Money.newBuilder().setCurrency(currency).setMicros(amount.value()).build();
  }

  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  public static Instant instant(String field, Timestamp timestamp) {
    if (!Timestamps.isValid(timestamp)) {
      throw HeraldException.invalid(
          field, "NOT_A_TIME", "This is not a moment between the years 1 and 9999.");
    }
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  public static MessageCategory category(Category category) {
    return switch (category) {
      case MARKETING -> MessageCategory.MARKETING;
      case UTILITY -> MessageCategory.UTILITY;
      case AUTHENTICATION -> MessageCategory.AUTHENTICATION;
      case AUTHENTICATION_INTERNATIONAL -> MessageCategory.AUTHENTICATION_INTERNATIONAL;
      case SERVICE -> MessageCategory.SERVICE;
    };
  }

  public static Category category(MessageCategory category) {
    return switch (category) {
      case MARKETING -> Category.MARKETING;
      case UTILITY -> Category.UTILITY;
      case AUTHENTICATION -> Category.AUTHENTICATION;
      case AUTHENTICATION_INTERNATIONAL -> Category.AUTHENTICATION_INTERNATIONAL;
      case SERVICE -> Category.SERVICE;
      case MESSAGE_CATEGORY_UNSPECIFIED, UNRECOGNIZED ->
          throw HeraldException.invalid(
              "category", "CATEGORY_UNKNOWN", "The category is not one of the contract's.");
    };
  }

  public static dev.herald.billing.v1.ChargeBasis basis(ChargeBasis basis) {
    return switch (basis) {
      case ON_SENT -> dev.herald.billing.v1.ChargeBasis.ON_SENT;
      case ON_DELIVERED -> dev.herald.billing.v1.ChargeBasis.ON_DELIVERED;
    };
  }

  public static LedgerEntry entry(Entry entry, String currency) {
    LedgerEntry.Builder proto =
        LedgerEntry.newBuilder()
            .setId(entry.number())
            .setCreateTime(timestamp(entry.createdAt()))
            .setCause(cause(entry.cause()))
            .setDebit(account(entry.debit()))
            .setCredit(account(entry.credit()))
            .setAmount(money(entry.amount(), currency))
            .setAvailableAfter(money(entry.availableAfter(), currency))
            .setReservedAfter(money(entry.reservedAfter(), currency));
    switch (entry.subject()) {
      case Subject.Payment payment ->
          proto
              .setNote(payment.note())
              .setIdempotencyKey(dev.herald.billing.ledger.Origin.REQUEST.key(payment.requestId()));
      case Subject.Messages messages ->
          proto
              .setCampaignId(messages.campaignId())
              .setCountry(messages.country())
              .setLot(messages.lot())
              .setCategory(category(messages.category()))
              .setMessages(messages.messages())
              .setUnitPrice(money(messages.unitPrice(), currency))
              .setIdempotencyKey(messages.origin().key(messages.version()));
    }
    return proto.build();
  }

  private static LedgerEntry.Cause cause(Cause cause) {
    return switch (cause) {
      case TOP_UP -> LedgerEntry.Cause.TOP_UP;
      case RESERVATION -> LedgerEntry.Cause.RESERVATION;
      case CHARGE -> LedgerEntry.Cause.CHARGE;
      case RELEASE -> LedgerEntry.Cause.RELEASE;
      case REFUND -> LedgerEntry.Cause.REFUND;
      case ADJUSTMENT -> LedgerEntry.Cause.ADJUSTMENT;
    };
  }

  private static LedgerEntry.Account account(Account account) {
    return switch (account) {
      case FUNDING -> LedgerEntry.Account.FUNDING;
      case AVAILABLE -> LedgerEntry.Account.AVAILABLE;
      case RESERVED -> LedgerEntry.Account.RESERVED;
      case REVENUE -> LedgerEntry.Account.REVENUE;
    };
  }
}
