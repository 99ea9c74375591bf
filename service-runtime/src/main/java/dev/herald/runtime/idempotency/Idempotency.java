package dev.herald.runtime.idempotency;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.herald.runtime.HeraldException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Makes a request with a request id happen once: the note of it and its effect are one transaction.
 * The same id with the same request gets the first answer again; with another request it is
 * refused. Two at the same moment: the second waits for the first.
 *
 * <p>Each schema that uses it has this table:
 *
 * <pre>{@code
 * create table request (
 *   workspace_id bigint      not null,
 *   method       text        not null,
 *   request_id   text        not null,
 *   fingerprint  bytea       not null,
 *   response     bytea,
 *   created_at   timestamptz not null default now(),
 *   primary key (workspace_id, method, request_id)
 * );
 * create index request_created_at on request (created_at);
 * }</pre>
 */
public final class Idempotency {
  private Idempotency() {}

  private record Known(byte[] fingerprint, byte[] response) {}

  /**
   * Runs the effect if this request id is new, and answers.
   *
   * @param tx the transaction of the effect
   * @param requestId what the caller chose; empty means every call is a new one
   * @throws HeraldException ALREADY_EXISTS, reason REQUEST_ID_REUSED
   */
  public static <R extends Message> R once(
      Handle tx,
      long workspaceId,
      String method,
      String requestId,
      Message request,
      Parser<R> responses,
      Supplier<R> effect) {
    if (requestId.isEmpty()) {
      return effect.get();
    }
    byte[] fingerprint = fingerprint(request);
    if (note(tx, workspaceId, method, requestId, fingerprint)) {
      R response = effect.get();
      complete(tx, workspaceId, method, requestId, response);
      return response;
    }
    Known known = known(tx, workspaceId, method, requestId);
    if (!MessageDigest.isEqual(known.fingerprint(), fingerprint)) {
      throw HeraldException.alreadyExists(
          "REQUEST_ID_REUSED",
          "This request id was used for another request. Use a new one for a new request.");
    }
    try {
      return responses.parseFrom(known.response());
    } catch (InvalidProtocolBufferException e) {
      throw HeraldException.internal("A stored answer cannot be read", e);
    }
  }

  /** Forgets requests older than this; a repeat of one would then happen again. */
  public static int forgetOlderThan(Handle tx, Duration age) {
    return tx.createUpdate("delete from request where created_at < now() - :age")
        .bind("age", age)
        .execute();
  }

  // Waits for a transaction that has noted the same id, and then sees its answer.
  private static boolean note(
      Handle tx, long workspaceId, String method, String requestId, byte[] fingerprint) {
    return tx.createUpdate(
                """
                insert into request (workspace_id, method, request_id, fingerprint)
                values (:workspace_id, :method, :request_id, :fingerprint)
                on conflict do nothing
                """)
            .bind("workspace_id", workspaceId)
            .bind("method", method)
            .bind("request_id", requestId)
            .bind("fingerprint", fingerprint)
            .execute()
        == 1;
  }

  private static void complete(
      Handle tx, long workspaceId, String method, String requestId, Message response) {
    tx.createUpdate(
            """
            update request
               set response = :response
             where workspace_id = :workspace_id and method = :method and request_id = :request_id
            """)
        .bind("workspace_id", workspaceId)
        .bind("method", method)
        .bind("request_id", requestId)
        .bind("response", response.toByteArray())
        .execute();
  }

  private static Known known(Handle tx, long workspaceId, String method, String requestId) {
    return tx.createQuery(
            """
            select fingerprint, response
              from request
             where workspace_id = :workspace_id and method = :method and request_id = :request_id
            """)
        .bind("workspace_id", workspaceId)
        .bind("method", method)
        .bind("request_id", requestId)
        .map((row, context) -> new Known(row.getBytes("fingerprint"), row.getBytes("response")))
        .one();
  }

  // Maps have no order of their own: only the deterministic form is the same for the same request.
  private static byte[] fingerprint(Message request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      request.writeTo(out);
      out.flush();
      return MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
