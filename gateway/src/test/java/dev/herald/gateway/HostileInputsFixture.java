package dev.herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceServiceGrpc;
import dev.herald.campaign.v1.InboundServiceGrpc;
import dev.herald.campaign.v1.ResolveChannelsResponse;
import dev.herald.campaign.v1.ResolvedChannel;
import dev.herald.gateway.testing.Answer;
import dev.herald.gateway.testing.TestGateway;
import dev.herald.gateway.testing.WhatsApp;
import dev.herald.runtime.messagekey.MessageKey;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A gateway that still serves after whatever it was sent. */
abstract class HostileInputsFixture {

  static final String NUMBER = "106540352242922";

  static final long SECONDS = 1_790_000_000;

  static TestGateway herald;

  @BeforeAll
  static void start() {
    herald = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    herald.close();
  }

  @BeforeEach
  void reset() {
    await().until(() -> count("webhook_pending") == 0);
    herald.services().reset();
    long workspace = herald.workspace();
    herald
        .services()
        .on(
            InboundServiceGrpc.getResolveChannelsMethod(),
            request -> {
              ResolveChannelsResponse.Builder known = ResolveChannelsResponse.newBuilder();
              if (request.getPhoneNumberIdsList().contains(NUMBER)) {
                known.addChannels(
                    ResolvedChannel.newBuilder()
                        .setPhoneNumberId(NUMBER)
                        .setChannelId(11)
                        .setWorkspaceId(workspace));
              }
              return known.build();
            });
  }

  @AfterEach
  void theNextOneIsServed() {
    assertThat(herald.get("/api/v1/me").status()).isEqualTo(200);
  }

  /** Addresses that no route describes; every refusal has a body of the usual form all the same. */
  static Answer bare(String method, String path) {
    Answer answer =
        herald.raw(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
                + "Authorization: Bearer "
                + TestGateway.OWNER_KEY
                + "\r\n\r\n");
    assertThat(answer.header("Content-Type")).as(path).startsWith("application/problem+json");
    assertThat(answer.reason()).as(path).isNotEmpty();
    return answer;
  }

  static Answer aisensy(String path, String body) {
    return herald.send(
        herald
            .anonymous(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  static HttpRequest.Builder signed(byte[] body, String signature) {
    return WhatsApp.signed(herald, "/webhooks/whatsapp", body, signature);
  }

  static String head(int length) {
    return "POST /webhooks/whatsapp HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n";
  }

  static String statuses(String word, long ordinal) {
    return WhatsApp.statuses(NUMBER, WhatsApp.status(word, key(ordinal), SECONDS));
  }

  static String key(long ordinal) {
    return herald.keys().encode(new MessageKey(900, ordinal, "IN", 0), herald.workspace(), NUMBER);
  }

  static List<Evidence> evidence() {
    return herald.services().requests(EvidenceServiceGrpc.getRecordEvidenceMethod()).stream()
        .flatMap(request -> request.getEvidenceList().stream())
        .toList();
  }

  static long count(String table) {
    return herald
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("select count(*) from gateway." + table)
                    .mapTo(Long.class)
                    .one());
  }
}
