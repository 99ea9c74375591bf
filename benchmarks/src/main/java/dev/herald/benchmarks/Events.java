package dev.herald.benchmarks;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.Evidence;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.analytics.v1.RecordEvidenceRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Three statuses of each message of a campaign, one wave after the other, each wave shuffled within
 * a window as WhatsApp's statuses are.
 */
final class Events {
  private static final EvidenceKind[] WAVES = {
    EvidenceKind.SENT, EvidenceKind.DELIVERED, EvidenceKind.READ
  };
  private static final String[] COUNTRIES = {"IN", "US", "BR", "DE", "ID"};
  private static final int WINDOW = 10_000;

  private final long workspaceId;
  private final long campaignId;
  private final long start = Instant.now().getEpochSecond();

  Events(long workspaceId, long campaignId) {
    this.workspaceId = workspaceId;
    this.campaignId = campaignId;
  }

  /** One status: kind and ordinal. */
  record Event(EvidenceKind kind, int ordinal) {}

  static List<List<Event>> batches(int messages, int batchSize) {
    Random random = new Random(7);
    List<List<Event>> batches = new ArrayList<>();
    for (EvidenceKind kind : WAVES) {
      int[] ordinals = shuffled(messages, random);
      for (int from = 0; from < messages; from += batchSize) {
        List<Event> batch = new ArrayList<>(batchSize);
        for (int i = from; i < Math.min(messages, from + batchSize); i++) {
          batch.add(new Event(kind, ordinals[i]));
        }
        batches.add(batch);
      }
    }
    return batches;
  }

  /** One status for each message of a range of ordinals, in order. */
  static List<List<Event>> sentOnly(int fromOrdinal, int toOrdinal, int batchSize) {
    List<List<Event>> batches = new ArrayList<>();
    for (int from = fromOrdinal; from < toOrdinal; from += batchSize) {
      List<Event> batch = new ArrayList<>(batchSize);
      for (int ordinal = from; ordinal < Math.min(toOrdinal, from + batchSize); ordinal++) {
        batch.add(new Event(EvidenceKind.SENT, ordinal));
      }
      batches.add(batch);
    }
    return batches;
  }

  private static int[] shuffled(int messages, Random random) {
    int[] ordinals = new int[messages];
    for (int i = 0; i < messages; i++) {
      ordinals[i] = i;
    }
    for (int i = 0; i < messages; i++) {
      int j = i + random.nextInt(Math.min(WINDOW, messages - i));
      int swapped = ordinals[i];
      ordinals[i] = ordinals[j];
      ordinals[j] = swapped;
    }
    return ordinals;
  }

  RecordEvidenceRequest request(List<Event> batch) {
    RecordEvidenceRequest.Builder request = RecordEvidenceRequest.newBuilder();
    for (Event event : batch) {
      request.addEvidence(evidence(event));
    }
    return request.build();
  }

  Evidence evidence(Event event) {
    return Evidence.newBuilder()
        .setWorkspaceId(workspaceId)
        .setCampaignId(campaignId)
        .setOrdinal(event.ordinal())
        .setKind(event.kind())
        .setTime(Timestamp.newBuilder().setSeconds(seconds(event)))
        .setCountry(COUNTRIES[event.ordinal() % COUNTRIES.length])
        .build();
  }

  long seconds(Event event) {
    return start + event.ordinal() / 1000 + 5L * event.kind().getNumber();
  }

  String country(Event event) {
    return COUNTRIES[event.ordinal() % COUNTRIES.length];
  }
}
