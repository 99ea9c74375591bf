package dev.herald.gateway.api;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.CampaignAnalyticsServiceGrpc;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.EvidenceSeen;
import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.analytics.v1.ExportMessagesResponse;
import dev.herald.analytics.v1.Failure;
import dev.herald.analytics.v1.MessageFilter;
import dev.herald.analytics.v1.SkipReason;
import dev.herald.campaign.v1.AudienceServiceGrpc;
import dev.herald.campaign.v1.ListRecipientsRequest;
import dev.herald.campaign.v1.ListRecipientsResponse;
import dev.herald.campaign.v1.Recipient;
import dev.herald.runtime.HeraldException;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recipients with their outcome, as CSV or as a spreadsheet. Messages come from analytics in one
 * snapshot and in order, people from campaign-service a thousand at a time.
 *
 * <p>Who has not been attempted has no message: with a filter that includes pending recipients all
 * recipients are read, and those without a message are pending.
 */
final class MessageExport implements FileExport {
  private static final List<String> HEADER =
      List.of(
          "ordinal",
          "phone",
          "name",
          "country",
          "outcome",
          "submitted",
          "sent",
          "delivered",
          "read",
          "replied",
          "clicked",
          "failed",
          "failure_code",
          "failure_title",
          "failure_details",
          "skip_reason");
  private static final int PAGE = 1000;
  // So that the file begins at once.
  private static final int FIRST_PAGE = 50;

  private final Format format;

  MessageExport(Format format) {
    this.format = format;
  }

  /** The forms in which the table is to be had. */
  enum Format {
    CSV("csv", "text/csv;charset=utf-8") {
      @Override
      RowWriter writer(OutputStream out) {
        return new CsvWriter(out);
      }
    },
    XLSX("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") {
      @Override
      RowWriter writer(OutputStream out) {
        return new SheetWriter(out);
      }
    };

    private final String extension;
    private final String contentType;

    Format(String extension, String contentType) {
      this.extension = extension;
      this.contentType = contentType;
    }

    abstract RowWriter writer(OutputStream out);
  }

  @Override
  public String contentType() {
    return format.contentType;
  }

  @Override
  public String fileName(Message request) {
    long campaign = ((ExportMessagesRequest) request).getCampaignId();
    return "campaign-" + campaign + "-messages." + format.extension;
  }

  @Override
  public Body open(Call call, Message message) throws InterruptedException {
    ExportMessagesRequest request = (ExportMessagesRequest) message;
    MessageFilter filter = request.getFilter();
    boolean withPending =
        filter.equals(MessageFilter.getDefaultInstance())
            || filter.getBucketsList().contains(Bucket.BUCKET_PENDING);
    if (withPending) {
      requireBucketsOnly(filter);
      // All of them, to know who has none; buckets are then picked here.
      request = request.toBuilder().clearFilter().build();
    }
    Messages messages = new Messages(call, request);
    try {
      messages.peek();
    } catch (HeraldException | InterruptedException e) {
      messages.close();
      throw e;
    }
    return withPending
        ? new Everybody(format, call, request.getCampaignId(), messages, filter.getBucketsList())
        : new Filtered(format, call, request.getCampaignId(), messages);
  }

  private static void requireBucketsOnly(MessageFilter filter) {
    if (!filter.toBuilder().clearBuckets().build().equals(MessageFilter.getDefaultInstance())) {
      throw HeraldException.invalid(
          "filter.buckets",
          "PENDING_NOT_COMBINABLE",
          "Pending recipients can only be exported by outcome, not by other conditions.");
    }
  }

  /** The messages of the stream, one by one. */
  private static final class Messages implements AutoCloseable {
    private final BlockingClientCall<ExportMessagesRequest, ExportMessagesResponse> stream;
    private final Deque<dev.herald.analytics.v1.Message> chunk = new ArrayDeque<>();
    private boolean ended;

    Messages(Call call, ExportMessagesRequest request) {
      this.stream =
          call.services()
              .watch(
                  CampaignAnalyticsServiceGrpc.getExportMessagesMethod(),
                  request,
                  call.actor().principal(),
                  call.actor().requestId());
    }

    dev.herald.analytics.v1.@Nullable Message peek() throws InterruptedException {
      while (chunk.isEmpty() && !ended) {
        try {
          ExportMessagesResponse next = stream.read();
          if (next == null) {
            ended = true;
          } else {
            chunk.addAll(next.getMessagesList());
          }
        } catch (StatusException e) {
          throw Services.translate(e);
        }
      }
      return chunk.peek();
    }

    /** Up to so many messages; none at the end. */
    List<dev.herald.analytics.v1.Message> take(int most) throws InterruptedException {
      List<dev.herald.analytics.v1.Message> taken = new ArrayList<>();
      while (taken.size() < most && peek() != null) {
        taken.add(chunk.remove());
      }
      return taken;
    }

    @Override
    public void close() {
      stream.cancel("The export has ended.", null);
    }
  }

  /** Only messages that match: people are asked for by ordinal. */
  private record Filtered(Format format, Call call, long campaignId, Messages messages)
      implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
      RowWriter table = format.writer(out);
      table.row(HEADER);
      for (var chunk = messages.take(FIRST_PAGE); !chunk.isEmpty(); chunk = messages.take(PAGE)) {
        Map<Integer, Recipient> people =
            MessageList.recipients(
                call,
                campaignId,
                chunk.stream().map(dev.herald.analytics.v1.Message::getOrdinal).toList());
        for (dev.herald.analytics.v1.Message message : chunk) {
          table.row(cells(people.get(message.getOrdinal()), message));
        }
        if (chunk.size() <= FIRST_PAGE) {
          table.flush();
        }
      }
      table.finish();
    }

    @Override
    public void close() {
      messages.close();
    }
  }

  /** All recipients, each with its message if there is one: both come in the order of ordinals. */
  private record Everybody(
      Format format, Call call, long campaignId, Messages messages, List<Bucket> buckets)
      implements Body {
    @Override
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
      RowWriter table = format.writer(out);
      table.row(HEADER);
      String pageToken = "";
      do {
        ListRecipientsResponse page =
            call.call(
                AudienceServiceGrpc.getListRecipientsMethod(),
                ListRecipientsRequest.newBuilder()
                    .setCampaignId(campaignId)
                    .setPageSize(pageToken.isEmpty() ? FIRST_PAGE : PAGE)
                    .setPageToken(pageToken)
                    .build());
        for (Recipient recipient : page.getRecipientsList()) {
          write(table, recipient, messageOf(recipient.getOrdinal()));
        }
        if (pageToken.isEmpty()) {
          table.flush();
        }
        pageToken = page.getNextPageToken();
      } while (!pageToken.isEmpty());
      table.finish();
    }

    private void write(
        RowWriter table, Recipient recipient, dev.herald.analytics.v1.@Nullable Message message)
        throws IOException {
      Bucket bucket = message == null ? Bucket.BUCKET_PENDING : message.getBucket();
      if (buckets.isEmpty() || buckets.contains(bucket)) {
        table.row(cells(recipient, message));
      }
    }

    private dev.herald.analytics.v1.@Nullable Message messageOf(int ordinal)
        throws InterruptedException {
      dev.herald.analytics.v1.Message next = messages.peek();
      while (next != null && next.getOrdinal() < ordinal) {
        messages.take(1);
        next = messages.peek();
      }
      return next != null && next.getOrdinal() == ordinal ? messages.take(1).getFirst() : null;
    }

    @Override
    public void close() {
      messages.close();
    }
  }

  private static List<String> cells(
      @Nullable Recipient recipient, dev.herald.analytics.v1.@Nullable Message message) {
    Map<EvidenceKind, String> times = times(message);
    Failure failure = message == null ? Failure.getDefaultInstance() : message.getFailure();
    List<String> cells = new ArrayList<>(HEADER.size());
    cells.add(Integer.toString(ordinal(recipient, message)));
    // Digits only: a leading + would be taken for a formula.
    cells.add(recipient == null ? "" : recipient.getPhone().replace("+", ""));
    cells.add(recipient == null ? "" : recipient.getName());
    cells.add(recipient == null ? "" : recipient.getCountry());
    cells.add(outcome(message));
    cells.add(times.getOrDefault(EvidenceKind.ACCEPTED, times.getOrDefault(EvidenceKind.HELD, "")));
    cells.add(times.getOrDefault(EvidenceKind.SENT, ""));
    cells.add(times.getOrDefault(EvidenceKind.DELIVERED, ""));
    cells.add(times.getOrDefault(EvidenceKind.READ, ""));
    cells.add(times.getOrDefault(EvidenceKind.REPLIED, ""));
    cells.add(times.getOrDefault(EvidenceKind.CLICKED, ""));
    cells.add(times.getOrDefault(EvidenceKind.FAILED, ""));
    cells.add(message != null && message.hasFailure() ? "" + failure.getCode() : "");
    cells.add(failure.getTitle());
    cells.add(failure.getDetails());
    cells.add(skipReason(message));
    return cells;
  }

  private static int ordinal(
      @Nullable Recipient recipient, dev.herald.analytics.v1.@Nullable Message message) {
    if (message != null) {
      return message.getOrdinal();
    }
    return recipient == null ? 0 : recipient.getOrdinal();
  }

  private static Map<EvidenceKind, String> times(
      dev.herald.analytics.v1.@Nullable Message message) {
    Map<EvidenceKind, String> times = new EnumMap<>(EvidenceKind.class);
    if (message != null) {
      for (EvidenceSeen seen : message.getEvidenceList()) {
        times.put(seen.getKind(), time(seen.getTime()));
      }
    }
    return times;
  }

  private static String outcome(dev.herald.analytics.v1.@Nullable Message message) {
    Bucket bucket = message == null ? Bucket.BUCKET_PENDING : message.getBucket();
    return bucket.name().replace("BUCKET_", "").toLowerCase(Locale.ROOT);
  }

  private static String skipReason(dev.herald.analytics.v1.@Nullable Message message) {
    return message == null || message.getSkipReason() == SkipReason.SKIP_REASON_UNSPECIFIED
        ? ""
        : message.getSkipReason().name().toLowerCase(Locale.ROOT);
  }

  private static String time(Timestamp time) {
    return Timestamps.toString(time);
  }
}
