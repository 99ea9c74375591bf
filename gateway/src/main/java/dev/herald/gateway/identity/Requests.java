package dev.herald.gateway.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.herald.gateway.security.SealedBox;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.Secret;
import dev.herald.runtime.idempotency.Idempotency;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Makes what has an Idempotency-Key happen once: the note of it and its effect are one transaction,
 * and a repeat gets the first answer. Answers may hold a secret that is shown once, so they are
 * kept sealed, and for a day.
 */
public final class Requests {
  private static final Duration KEPT = Duration.ofDays(1);

  private final Jdbi jdbi;
  private final SealedBox box;

  public Requests(Jdbi jdbi, Secret secret) {
    this.jdbi = jdbi;
    this.box = new SealedBox(secret, "requests");
  }

  /**
   * The answer of the effect, or that of an earlier call with the same id.
   *
   * @throws HeraldException ALREADY_EXISTS, reason REQUEST_ID_REUSED
   */
  public <R extends Message> R once(
      long workspace,
      String method,
      String requestId,
      Message request,
      Parser<R> answers,
      Function<Handle, R> effect) {
    BytesValue sealed =
        jdbi.inTransaction(
            tx ->
                Idempotency.once(
                    tx,
                    workspace,
                    method,
                    requestId,
                    request,
                    BytesValue.parser(),
                    () -> seal(effect.apply(tx))));
    try {
      return answers.parseFrom(open(sealed));
    } catch (InvalidProtocolBufferException e) {
      throw HeraldException.internal("A stored answer cannot be read", e);
    }
  }

  /** Forgets what is too old to be repeated. */
  public void sweep() {
    jdbi.useHandle(handle -> Idempotency.forgetOlderThan(handle, KEPT));
  }

  private BytesValue seal(Message answer) {
    return BytesValue.of(ByteString.copyFrom(box.seal(answer.toByteArray())));
  }

  private byte[] open(BytesValue sealed) {
    return box.open(sealed.getValue().toByteArray())
        .orElseThrow(
            () ->
                HeraldException.alreadyExists(
                    "REQUEST_ID_REUSED",
                    "This request id was used before, and its answer is not to be had any more."));
  }
}
