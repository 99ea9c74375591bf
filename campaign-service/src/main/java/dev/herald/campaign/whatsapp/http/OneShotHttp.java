package dev.herald.campaign.whatsapp.http;

import dev.herald.runtime.crash.CrashPoint;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client for requests that must not happen twice. It never retries, follows no redirect
 * and says exactly how far a request came: certainly not written, answered, or unknown. Common
 * clients cannot say this; some repeat a POST by themselves when an idle connection turns out to be
 * closed.
 *
 * <p>Calls block; use virtual threads. Connections are kept for the next request and looked at
 * before they are used again.
 */
public final class OneShotHttp implements AutoCloseable {
  /** Why nothing was written when {@code mayWrite} said no. */
  public static final String NO_LONGER_WANTED = "no longer wanted";

  private static final long REAP_MILLIS = 250;

  private final Origin origin;
  private final HttpLimits limits;
  private final Semaphore places;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final Set<Connection> busy = ConcurrentHashMap.newKeySet();
  private final Thread reaper;
  private volatile boolean closed;

  public OneShotHttp(Origin origin, HttpLimits limits) {
    this.origin = origin;
    this.limits = limits;
    this.places = new Semaphore(limits.maxConnections());
    this.reaper = Thread.ofVirtual().name("http-reaper-" + origin.host()).start(this::reap);
  }

  /**
   * Makes one attempt.
   *
   * @param mayWrite asked at the last moment, when a connection is at hand and the next step is to
   *     write; if it says no, nothing is written
   * @param written told right after the request has been written
   */
  public HttpOutcome exchange(HttpRequest request, BooleanSupplier mayWrite, Runnable written) {
    long start = System.nanoTime();
    long deadline = start + limits.total().toNanos();
    long connectDeadline = start + limits.connect().toNanos();
    try {
      if (!places.tryAcquire(limits.connect().toMillis(), TimeUnit.MILLISECONDS)) {
        return new HttpOutcome.NotWritten("all connections are busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new HttpOutcome.NotWritten("interrupted");
    }
    try {
      Connection connection = usable();
      if (connection == null) {
        try {
          connection = Connection.open(origin, connectDeadline);
        } catch (IOException e) {
          return new HttpOutcome.NotWritten("no connection: " + describe(e));
        }
      }
      return exchange(connection, request, deadline, mayWrite, written);
    } finally {
      places.release();
    }
  }

  private HttpOutcome exchange(
      Connection connection,
      HttpRequest request,
      long deadline,
      BooleanSupplier mayWrite,
      Runnable written) {
    connection.deadline(deadline);
    busy.add(connection);
    boolean reusable = false;
    try {
      byte[] message = message(request);
      CrashPoint.reached("campaign.send.connected");
      if (!mayWrite.getAsBoolean()) {
        reusable = true;
        connection.idle(0);
        return new HttpOutcome.NotWritten(NO_LONGER_WANTED);
      }
      CrashPoint.reached("campaign.send.before-write");
      connection.write(message);
      CrashPoint.reached("campaign.send.written");
      written.run();
      AnswerReader answer = new AnswerReader(connection, limits.maxAnswerBytes());
      HttpOutcome.Answered answered = answer.read();
      CrashPoint.reached("campaign.send.answered");
      reusable = answer.keepAlive();
      connection.idle(answer.idleSeconds());
      return answered;
    } catch (SocketTimeoutException e) {
      return new HttpOutcome.Unknown("no answer in time");
    } catch (IOException e) {
      return new HttpOutcome.Unknown(describe(e));
    } finally {
      busy.remove(connection);
      if (reusable && !closed) {
        idle.addFirst(connection);
      } else {
        connection.close();
      }
    }
  }

  private byte[] message(HttpRequest request) {
    byte[] head = request.head(origin);
    byte[] body = request.json();
    if (body == null) {
      return head;
    }
    byte[] message = new byte[head.length + body.length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(body, 0, message, head.length, body.length);
    return message;
  }

  private @Nullable Connection usable() {
    Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      if (!connection.isIdleTooLong(System.nanoTime()) && connection.isStillOpen()) {
        return connection;
      }
      connection.close();
    }
    return null;
  }

  // A write has no time limit of its own: whoever is stuck in one is freed by closing its socket.
  private void reap() {
    try {
      while (true) {
        Thread.sleep(REAP_MILLIS);
        long now = System.nanoTime();
        for (Connection connection : busy) {
          if (connection.isOverdue(now)) {
            connection.close();
          }
        }
        for (Iterator<Connection> i = idle.descendingIterator(); i.hasNext(); ) {
          Connection connection = i.next();
          if (connection.isIdleTooLong(now) && idle.remove(connection)) {
            connection.close();
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private static String describe(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  @Override
  public void close() {
    closed = true;
    reaper.interrupt();
    Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.close();
    }
  }
}
