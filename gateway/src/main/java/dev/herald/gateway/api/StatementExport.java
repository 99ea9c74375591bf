package dev.herald.gateway.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.herald.billing.v1.ExportCampaignStatementRequest;
import dev.herald.billing.v1.ExportCampaignStatementResponse;
import dev.herald.billing.v1.ExportMonthlyStatementRequest;
import dev.herald.billing.v1.ExportMonthlyStatementResponse;
import dev.herald.billing.v1.StatementServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Statements, which billing writes as CSV itself: passed on piece by piece. */
final class StatementExport implements FileExport {

  @Override
  public String contentType() {
    return "text/csv;charset=utf-8";
  }

  @Override
  public String fileName(Message request) {
    return switch (request) {
      case ExportMonthlyStatementRequest month -> "statement-" + month.getMonth() + ".csv";
      case ExportCampaignStatementRequest campaign ->
          "campaign-" + campaign.getCampaignId() + "-statement.csv";
      default -> throw new IllegalArgumentException("No statement: " + request.getClass());
    };
  }

  @Override
  public Body open(Call call, Message request) throws InterruptedException {
    return switch (request) {
      case ExportMonthlyStatementRequest month ->
          open(
              call,
              StatementServiceGrpc.getExportMonthlyStatementMethod(),
              month,
              ExportMonthlyStatementResponse::getCsv);
      case ExportCampaignStatementRequest campaign ->
          open(
              call,
              StatementServiceGrpc.getExportCampaignStatementMethod(),
              campaign,
              ExportCampaignStatementResponse::getCsv);
      default -> throw new IllegalArgumentException("No statement: " + request.getClass());
    };
  }

  private static <Q extends Message, A extends Message> Body open(
      Call call, MethodDescriptor<Q, A> method, Q request, Function<A, ByteString> csv)
      throws InterruptedException {
    BlockingClientCall<Q, A> stream =
        call.services().watch(method, request, call.actor().principal(), call.actor().requestId());
    try {
      return new Pieces<>(stream, stream.read(), csv);
    } catch (StatusException e) {
      throw Services.translate(e);
    }
  }

  private record Pieces<Q, A>(
      BlockingClientCall<Q, A> stream, @Nullable A first, Function<A, ByteString> csv)
      implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
      try {
        for (A piece = first; piece != null; piece = stream.read()) {
          csv.apply(piece).writeTo(out);
        }
        out.flush();
      } catch (StatusException e) {
        throw Services.translate(e);
      }
    }

    @Override
    public void close() {
      stream.cancel("The export has ended.", null);
    }
  }
}
