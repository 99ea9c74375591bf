package dev.herald.campaign.audience;

import dev.herald.campaign.audience.AudienceReader.Reading;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CSV file in constant memory: while one part is being stored, the next is read. A part
 * is one short transaction.
 */
final class CsvUpload {
  private static final int PART_ROWS = 10_000;
  private static final int MAX_PENDING_ERRORS = 5_000;

  private final Audiences audiences;
  private final Audiences.Started started;
  private final ChunkPipe pipe;
  private final ExecutorService storing = Executors.newVirtualThreadPerTaskExecutor();

  private RecipientCopy filling;
  private RecipientCopy spare;
  private List<RowError> errors = new ArrayList<>();
  private @Nullable Future<?> underWay;
  private int rows;
  private int accepted;
  private int rejected;

  private CsvUpload(Audiences audiences, Audiences.Started started, ChunkPipe pipe) {
    this.audiences = audiences;
    this.started = started;
    this.pipe = pipe;
    this.filling = new RecipientCopy(started.audience());
    this.spare = new RecipientCopy(started.audience());
  }

  /**
   * Reads the file to its end and makes it the campaign's audience.
   *
   * @throws HeraldException with a CSV_… reason if the file cannot be read; nothing has changed
   *     then
   */
  static AudienceImport run(
      Audiences audiences,
      WorkspaceId workspace,
      dev.herald.campaign.campaign.CampaignId campaign,
      dev.herald.campaign.v1.AudienceFile file,
      ChunkPipe pipe) {
    String region = file.getDefaultRegion();
    if (!region.isEmpty() && !PhoneNumbers.isRegion(region)) {
      throw HeraldException.invalid(
          "file.default_region",
          "REGION_UNKNOWN",
          "The default region must be an ISO 3166-1 alpha-2 code such as IN.");
    }
    Audiences.Started started =
        audiences.start(
            workspace, campaign, file.getTotalBytes(), Tags.checked(file.getTagsList()));
    CsvUpload upload = new CsvUpload(audiences, started, pipe);
    try {
      return upload.read(region.isEmpty() ? started.campaign().defaultRegion() : region);
    } catch (HeraldException e) {
      upload.settle();
      audiences.fail(started, e.reason(), e.message());
      throw e;
    } catch (IOException e) {
      upload.settle();
      audiences.fail(started, "IMPORT_INTERRUPTED", "The upload broke off. Upload the file again.");
      throw HeraldException.of(
          HeraldException.Kind.CANCELLED, "IMPORT_INTERRUPTED", "The upload broke off.");
    } catch (RuntimeException e) {
      upload.settle();
      audiences.fail(started, "IMPORT_FAILED", "The file could not be stored. Try again.");
      throw e;
    } finally {
      upload.storing.close();
    }
  }

  private AudienceImport read(String region) throws IOException {
    CsvFile file = CsvFile.open(pipe);
    List<String> named = file.columns().stream().filter(name -> !name.isEmpty()).toList();
    Columns columns = Columns.of(named);
    audiences.columns(started, named);
    AudienceReader reader =
        new AudienceReader(columns, audiences.plan(started.campaign(), columns), region);
    var layout = new AudienceReader.RowLayout(file.columns());
    int row = 1;
    while (file.hasNext()) {
      String[] fields = file.next();
      row++;
      if (isBlank(fields)) {
        continue;
      }
      rows++;
      if (rows > audiences.maxRows()) {
        throw tooManyRows();
      }
      read(reader, layout, row, fields);
      if (filling.rows() >= PART_ROWS || errors.size() >= MAX_PENDING_ERRORS) {
        store(reader.duplicates());
      }
    }
    if (rows == 0) {
      throw HeraldException.invalid(
          "chunk", "CSV_EMPTY", "The file has a header but no rows below it.");
    }
    store(reader.duplicates());
    await();
    return audiences.finish(started, accepted, named);
  }

  private void read(
      AudienceReader reader, AudienceReader.RowLayout layout, int row, String[] fields) {
    Reading reading =
        layout.isTooWide(fields)
            ? new Reading.Faulty(
                new RowError(
                    row, "", "TOO_MANY_VALUES", "The row has more values than there are columns."))
            : reader.read(
                row, layout.phone(fields), layout.name(fields), layout.parameters(fields));
    switch (reading) {
      case Reading.Taken taken -> filling.add(accepted++, taken.recipient());
      case Reading.Duplicate duplicate -> {}
      case Reading.Faulty faulty -> {
        errors.add(faulty.error());
        rejected++;
      }
    }
  }

  // Waits for the part before: at most one is being stored while one is being read.
  private void store(int duplicates) {
    await();
    RecipientCopy part = filling;
    List<RowError> partErrors = errors;
    var progress = new ImportStore.Progress(rows, accepted, duplicates, rejected, pipe.readBytes());
    filling = spare;
    spare = part;
    errors = new ArrayList<>();
    underWay = storing.submit(() -> audiences.store(started, part, partErrors, progress));
  }

  private void await() {
    Future<?> part = underWay;
    underWay = null;
    if (part == null) {
      return;
    }
    try {
      part.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  // Nothing may still be storing when the reading is marked as failed.
  private void settle() {
    pipe.abandon();
    try {
      await();
    } catch (RuntimeException e) {
      // It failed too; the reading is marked as failed anyway.
    }
  }

  private HeraldException tooManyRows() {
    return HeraldException.invalid(
        "chunk",
        "CSV_TOO_MANY_ROWS",
        "The file has more than " + audiences.maxRows() + " rows. Split it.");
  }

  private static boolean isBlank(String[] fields) {
    for (String field : fields) {
      if (!field.isBlank()) {
        return false;
      }
    }
    return true;
  }
}
