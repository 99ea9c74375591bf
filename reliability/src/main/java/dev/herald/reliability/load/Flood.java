package dev.herald.reliability.load;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * Requests of one kind, first as fast as a few clients get answers, which is the capacity, then
 * several times that, whether they are answered or not.
 */
final class Flood {
  private static final int CLIENTS = 8;
  private static final int MOST_UNDER_WAY = 1500;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private final HttpClient http;
  private final IntFunction<HttpRequest> requests;
  private final BiConsumer<Integer, HttpResponse<String>> acknowledged;
  private final AtomicInteger next = new AtomicInteger();
  private final Map<String, AtomicInteger> answers = new ConcurrentSkipListMap<>();
  private final Map<String, String> unclear = new ConcurrentHashMap<>();

  /**
   * @param requests the request of a number, each number asked for once
   * @param acknowledged told of every 200
   */
  Flood(
      String name,
      HttpClient http,
      IntFunction<HttpRequest> requests,
      BiConsumer<Integer, HttpResponse<String>> acknowledged) {
    this.name = name;
    this.http = http;
    this.requests = requests;
    this.acknowledged = acknowledged;
  }

  String name() {
    return name;
  }

  /** Requests a second that a few clients, one request each at a time, get answered. */
  int capacity(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    AtomicInteger done = new AtomicInteger();
    Thread[] clients = new Thread[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (System.nanoTime() - end < 0) {
                      if (send().equals("200")) {
                        done.incrementAndGet();
                      }
                    }
                  });
    }
    for (Thread client : clients) {
      client.join();
    }
    return Math.max(1, (int) (done.get() * 1000L / time.toMillis()));
  }

  /** So many requests a second, without waiting for answers as long as memory allows. */
  void overload(int perSecond, Duration time) throws InterruptedException {
    Semaphore room = new Semaphore(MOST_UNDER_WAY);
    long begin = System.nanoTime();
    long all = perSecond * time.toSeconds();
    for (long i = 0; i < all; i++) {
      long due = begin + i * 1_000_000_000L / perSecond;
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      if (System.nanoTime() - begin > time.toNanos()) {
        break;
      }
      room.acquire();
      Thread.startVirtualThread(
          () -> {
            try {
              count(send());
            } finally {
              room.release();
            }
          });
    }
    room.acquire(MOST_UNDER_WAY);
  }

  private String send() {
    int number = next.getAndIncrement();
    try {
      HttpResponse<String> response = http.send(requests.apply(number), BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        acknowledged.accept(number, response);
      } else if (response.statusCode() != 429 && response.statusCode() != 503) {
        unclear.put(Integer.toString(response.statusCode()), response.body());
      }
      return Integer.toString(response.statusCode());
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private void count(String answer) {
    answers.computeIfAbsent(answer, key -> new AtomicInteger()).incrementAndGet();
  }

  /** How long it takes until everything is answered as usual again. */
  Duration recovery() {
    long begin = System.nanoTime();
    int inARow = 0;
    while (inARow < 20 && System.nanoTime() - begin < PATIENCE.toNanos()) {
      long asked = System.nanoTime();
      boolean well = send().equals("200") && System.nanoTime() - asked < 500_000_000;
      inARow = well ? inARow + 1 : 0;
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Answers by status, or by what went wrong instead. */
  Map<String, AtomicInteger> answers() {
    return answers;
  }

  /** Answers that are neither yes nor a clear "come back later". */
  Map<String, String> unclear() {
    return unclear;
  }
}
