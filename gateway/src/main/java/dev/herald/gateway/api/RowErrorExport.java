package dev.herald.gateway.api;

import com.google.protobuf.Message;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.ListRowErrorsRequest;
import dev.herald.campaign.v1.ListRowErrorsResponse;
import dev.herald.campaign.v1.RowError;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The rows of an audience file that were left out, as CSV to be corrected and uploaded again. */
final class RowErrorExport implements FileExport {
  private static final int PAGE = 1000;

  @Override
  public String contentType() {
    return "text/csv;charset=utf-8";
  }

  @Override
  public String fileName(Message request) {
    return "campaign-" + ((ListRowErrorsRequest) request).getCampaignId() + "-row-errors.csv";
  }

  @Override
  public Body open(Call call, Message message) {
    ListRowErrorsRequest request =
        ((ListRowErrorsRequest) message).toBuilder().setPageSize(PAGE).setPageToken("").build();
    ListRowErrorsResponse first = call.call(AudienceServiceGrpc.getListRowErrorsMethod(), request);
    return new Rows(call, request, first);
  }

  private record Rows(Call call, ListRowErrorsRequest request, ListRowErrorsResponse first)
      implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      CsvWriter csv = new CsvWriter(out);
      csv.row(List.of("row", "column", "reason", "message"));
      ListRowErrorsResponse page = first;
      while (true) {
        for (RowError error : page.getErrorsList()) {
          csv.row(
              List.of(
                  Integer.toString(error.getRow()),
                  error.getColumn(),
                  error.getReason(),
                  error.getMessage()));
        }
        if (page.getNextPageToken().isEmpty()) {
          break;
        }
        page =
            call.call(
                AudienceServiceGrpc.getListRowErrorsMethod(),
                request.toBuilder().setPageToken(page.getNextPageToken()).build());
      }
      csv.flush();
    }

    @Override
    public void close() {}
  }
}
