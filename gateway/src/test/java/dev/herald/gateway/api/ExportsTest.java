package dev.herald.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.ExportMessagesResponse;
import dev.herald.analytics.v1.ListMessagesResponse;
import dev.herald.billing.v1.ExportMonthlyStatementResponse;
import dev.herald.billing.v1.StatementServiceGrpc;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.ListRecipientsResponse;
import dev.herald.campaign.v1.ListRowErrorsResponse;
import dev.herald.campaign.v1.RowError;
import dev.herald.gateway.testing.Answer;
import dev.herald.runtime.HeraldException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists as files, of any length. */
class ExportsTest extends StreamsFixture {

  @Test
  void messagesAreListedWithThePersonEachWentTo() {
    herald
        .services()
        .answer(
            CampaignAnalyticsServiceGrpc.getListMessagesMethod(),
            ListMessagesResponse.newBuilder()
                .addMessages(message(3, Bucket.BUCKET_READ))
                .addMessages(message(4, Bucket.BUCKET_READ))
                .setNextPageToken("next")
                .build());
    answerRecipients();

    Answer answer =
        herald.get(
            "/api/v1/campaigns/5/messages?filter.buckets=BUCKET_READ&filter.withEvidence=REPLIED&pageSize=2");

    assertThat(answer.json().at("/messages/0/recipient/phone").asText()).isEqualTo("+919800000003");
    assertThat(answer.json().at("/messages/1/recipient/name").asText()).isEqualTo("=cmd()4");
    assertThat(answer.json().at("/messages/1/bucket").asText()).isEqualTo("BUCKET_READ");
    assertThat(answer.json().path("nextPageToken").asText()).isEqualTo("next");
    var asked =
        herald.services().requests(CampaignAnalyticsServiceGrpc.getListMessagesMethod()).getFirst();
    assertThat(asked.getFilter().getBucketsList()).containsExactly(Bucket.BUCKET_READ);
    assertThat(asked.getFilter().getWithEvidenceList()).containsExactly(EvidenceKind.REPLIED);
  }

  @Test
  void anExportHoldsEveryRecipientOnceAndNoFormula() {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
        (requests, answers) -> {
          answers.onNext(
              ExportMessagesResponse.newBuilder()
                  .addMessages(message(0, Bucket.BUCKET_READ))
                  .addMessages(failed(2))
                  .build());
          answers.onNext(
              ExportMessagesResponse.newBuilder()
                  .addMessages(message(3, Bucket.BUCKET_SENT))
                  .build());
          answers.onCompleted();
        });
    herald
        .services()
        .on(
            AudienceServiceGrpc.getListRecipientsMethod(),
            request ->
                request.getPageToken().isEmpty()
                    ? ListRecipientsResponse.newBuilder()
                        .addRecipients(recipient(0))
                        .addRecipients(recipient(1))
                        .addRecipients(recipient(2))
                        .setNextPageToken("p2")
                        .build()
                    : ListRecipientsResponse.newBuilder()
                        .addRecipients(recipient(3))
                        .addRecipients(recipient(4))
                        .build());

    Answer answer = herald.get("/api/v1/campaigns/5/messages.csv");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("text/csv");
    assertThat(answer.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"campaign-5-messages.csv\"");
    List<String> lines = answer.text().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(1))
        .startsWith("0,919800000000,\"'=cmd()0\",IN,read,,2026-09-21T14:13:20Z,");
    assertThat(lines.get(2)).startsWith("1,919800000001,").contains(",pending,");
    assertThat(lines.get(3))
        .contains(",failed,")
        .endsWith("131026,\"'@SUM(A1)\",\"a \"\"b\"\", c\",");
    assertThat(lines.get(5)).contains(",pending,");
  }

  @Test
  void anExportBeginsAtOnceAndHoldsNoMoreThanItsReaderTakes() throws Exception {
    int all = 400_000;
    AtomicInteger made = new AtomicInteger();
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
        (requests, answers) -> {
          var answer = (ServerCallStreamObserver<com.google.protobuf.Message>) answers;
          while (made.get() < all && !answer.isCancelled()) {
            if (!answer.isReady()) {
              LockSupport.parkNanos(1_000_000);
              continue;
            }
            ExportMessagesResponse.Builder chunk = ExportMessagesResponse.newBuilder();
            for (int i = 0; i < 1000; i++) {
              chunk.addMessages(message(made.getAndIncrement(), Bucket.BUCKET_READ));
            }
            answer.onNext(chunk.build());
          }
          answer.onCompleted();
        });
    answerRecipients();

    HttpResponse<InputStream> response =
        herald.send(
            herald.request("/api/v1/campaigns/5/messages.csv?filter.buckets=BUCKET_READ"),
            BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("ordinal,");
      // Nobody reads on, and soon nobody makes more: what is under way fits some buffers.
      AtomicInteger last = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(500))
          .until(() -> last.getAndSet(made.get()) == made.get());
      assertThat(made.get()).isLessThan(all / 2);

      int inOrder = 0;
      while (inOrder < all && lines.readLine().startsWith(inOrder + ",")) {
        inOrder++;
      }
      assertThat(inOrder).isEqualTo(all);
      assertThat(lines.readLine()).isNull();
    }
  }

  @Test
  void theSameTableComesAsASpreadsheetOfTextsOnly(@TempDir Path folder) throws IOException {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
        (requests, answers) -> {
          answers.onNext(ExportMessagesResponse.newBuilder().addMessages(failed(2)).build());
          answers.onCompleted();
        });
    answerRecipients();

    Answer answer = herald.get("/api/v1/campaigns/5/messages.xlsx?filter.buckets=BUCKET_FAILED");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(answer.header("Content-Disposition")).contains("campaign-5-messages.xlsx");
    Path file = Files.write(folder.resolve("messages.xlsx"), answer.bytes());
    String sheet;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      sheet =
          new String(
              zip.getInputStream(zip.getEntry("xl/worksheets/sheet1.xml")).readAllBytes(),
              StandardCharsets.UTF_8);
    }
    assertThat(sheet)
        .contains(">919800000002<", ">=cmd()2<", ">@SUM(A1)<", "inlineStr")
        .doesNotContain("<f>");
  }

  @Test
  void anExportOfOneOutcomeAsksForItsPeopleOnly() {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
        (requests, answers) -> {
          answers.onNext(
              ExportMessagesResponse.newBuilder()
                  .addMessages(message(3, Bucket.BUCKET_READ))
                  .build());
          answers.onCompleted();
        });
    answerRecipients();

    Answer answer = herald.get("/api/v1/campaigns/5/messages.csv?filter.buckets=BUCKET_READ");

    assertThat(answer.text().lines().toList()).hasSize(2);
    assertThat(herald.services().requests(AudienceServiceGrpc.getListRecipientsMethod())).isEmpty();
  }

  @Test
  void anExportThatFailsOnTheWayIsBrokenOffNotCutShort() {
    herald.services().stream(
        CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
        (requests, answers) -> {
          ExportMessagesResponse.Builder chunk = ExportMessagesResponse.newBuilder();
          for (int i = 0; i < 1000; i++) {
            chunk.addMessages(message(i, Bucket.BUCKET_READ));
          }
          for (int i = 0; i < 5; i++) {
            answers.onNext(chunk.build());
          }
          answers.onError(
              dev.herald.runtime.grpc.GrpcErrors.toStatusException(
                  HeraldException.unavailable("DATABASE_UNAVAILABLE", "Gone.")));
        });
    answerRecipients();

    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> herald.get("/api/v1/campaigns/5/messages.csv?filter.buckets=BUCKET_READ")))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void rowErrorsComeAsListOrAsFile() {
    herald
        .services()
        .on(
            AudienceServiceGrpc.getListRowErrorsMethod(),
            request ->
                ListRowErrorsResponse.newBuilder()
                    .addErrors(
                        RowError.newBuilder()
                            .setRow(7)
                            .setColumn("phone")
                            .setReason("INVALID_NUMBER")
                            .setMessage("No."))
                    .setNextPageToken(request.getPageToken().isEmpty() ? "more" : "")
                    .build());

    assertThat(herald.get("/api/v1/campaigns/5/audience/errors").json().at("/errors/0/row").asInt())
        .isEqualTo(7);
    assertThat(herald.get("/api/v1/campaigns/5/audience/errors?format=csv").text().lines().toList())
        .containsExactly(
            "row,column,reason,message",
            "7,phone,INVALID_NUMBER,No.",
            "7,phone,INVALID_NUMBER,No.");
    assertThat(herald.get("/api/v1/campaigns/5/audience/errors?format=pdf").status())
        .isEqualTo(400);
  }

  @Test
  void aStatementIsPassedOnAsBillingWroteIt() {
    herald.services().stream(
        StatementServiceGrpc.getExportMonthlyStatementMethod(),
        (requests, answers) -> {
          for (String piece : List.of("a,b\r\n", "1,2\r\n")) {
            answers.onNext(
                ExportMonthlyStatementResponse.newBuilder()
                    .setCsv(ByteString.copyFromUtf8(piece))
                    .build());
          }
          answers.onCompleted();
        });

    Answer answer = herald.get("/api/v1/wallet/statements/2026-11.csv");

    assertThat(answer.text()).isEqualTo("a,b\r\n1,2\r\n");
    assertThat(answer.header("Content-Disposition")).contains("statement-2026-11.csv");
  }
}
