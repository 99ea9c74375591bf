package dev.herald.campaign.request;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Remembers the answers of requests that carry a request id, in the transaction of their effect: a
 * repeat gets the same answer and changes nothing; the same id with another body is refused.
 */
public final class RequestLog {
  private static final Duration KEPT = Duration.ofDays(7);

  /**
   * A request as it is recognised again.
   *
   * @param id empty: it is not to be recognised
   */
  public record Key(WorkspaceId workspace, String method, String id, byte[] fingerprint) {
    public static Key of(WorkspaceId workspace, String method, String id, Message request) {
      return new Key(workspace, method, id, id.isEmpty() ? new byte[0] : digest(request));
    }

    public boolean isNamed() {
      return !id.isEmpty();
    }
  }

  /** The answer given before, if any. Waits while the first of two equal requests is under way. */
  public Optional<byte[]> find(Handle tx, Key key) {
    if (!key.isNamed()) {
      return Optional.empty();
    }
    return tx.createQuery(
            """
            select fingerprint, answer from request
             where workspace_id = :workspace and method = :method and request_id = :id
            """)
        .bind("workspace", key.workspace().value())
        .bind("method", key.method())
        .bind("id", key.id())
        .map(
            (row, context) -> {
              if (!MessageDigest.isEqual(row.getBytes("fingerprint"), key.fingerprint())) {
                throw reused();
              }
              return row.getBytes("answer");
            })
        .findOne();
  }

  public <T extends Message> Optional<T> find(Handle tx, Key key, Parser<T> parser) {
    return find(tx, key)
        .map(
            bytes -> {
              try {
                return parser.parseFrom(bytes);
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("A stored answer cannot be read.", e);
              }
            });
  }

  /**
   * Stores the answer.
   *
   * @throws HeraldException ABORTED if the same request was carried out at the same moment; this
   *     transaction must then be given up, and the repeat finds the other's answer
   */
  public void store(Handle tx, Key key, byte[] answer) {
    if (!key.isNamed()) {
      return;
    }
    int stored =
        tx.createUpdate(
                """
                insert into request (workspace_id, method, request_id, fingerprint, answer)
                values (:workspace, :method, :id, :fingerprint, :answer)
                on conflict do nothing
                """)
            .bind("workspace", key.workspace().value())
            .bind("method", key.method())
            .bind("id", key.id())
            .bind("fingerprint", key.fingerprint())
            .bind("answer", answer)
            .execute();
    if (stored == 0) {
      throw HeraldException.aborted(
          "REQUEST_UNDER_WAY", "The same request was carried out at the same moment. Repeat it.");
    }
  }

  /**
   * Claims a request id before the answer is known; false if it is taken. Waits while another
   * transaction is claiming it. To be followed by {@link #complete} or {@link #giveUp}.
   */
  public boolean begin(Handle tx, Key key) {
    return !key.isNamed()
        || tx.createUpdate(
                    """
                    insert into request (workspace_id, method, request_id, fingerprint, answer)
                    values (:workspace, :method, :id, :fingerprint, '')
                    on conflict do nothing
                    """)
                .bind("workspace", key.workspace().value())
                .bind("method", key.method())
                .bind("id", key.id())
                .bind("fingerprint", key.fingerprint())
                .execute()
            > 0;
  }

  public void complete(Handle tx, Key key, byte[] answer) {
    if (key.isNamed()) {
      tx.createUpdate(
              """
              update request set answer = :answer
               where workspace_id = :workspace and method = :method and request_id = :id
              """)
          .bind("workspace", key.workspace().value())
          .bind("method", key.method())
          .bind("id", key.id())
          .bind("answer", answer)
          .execute();
    }
  }

  public void giveUp(Handle tx, Key key) {
    if (key.isNamed()) {
      tx.createUpdate(
              """
              delete from request
               where workspace_id = :workspace and method = :method and request_id = :id
              """)
          .bind("workspace", key.workspace().value())
          .bind("method", key.method())
          .bind("id", key.id())
          .execute();
    }
  }

  /** Forgets requests nobody repeats any more. */
  public int forgetOld(Handle handle) {
    return handle
        .createUpdate(
            """
            delete from request
             where (workspace_id, method, request_id) in
                   (select workspace_id, method, request_id from request
                     where created_at < now() - make_interval(secs => :seconds)
                     limit 5000)
            """)
        .bind("seconds", KEPT.toSeconds())
        .execute();
  }

  private static HeraldException reused() {
    return HeraldException.alreadyExists(
        "REQUEST_ID_REUSED", "This request id was used for another request. Use a new one.");
  }

  // Requests are compared as sent: the deterministic form of one message is equal for equal
  // content.
  private static byte[] digest(Message request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] bytes = new byte[request.getSerializedSize()];
      var out = com.google.protobuf.CodedOutputStream.newInstance(bytes);
      out.useDeterministicSerialization();
      request.writeTo(out);
      out.checkNoSpaceLeft();
      return digest.digest(bytes);
    } catch (NoSuchAlgorithmException | java.io.IOException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
