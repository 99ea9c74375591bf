package dev.herald.campaign.audience;

import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.conversion.ConversionStore;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.v1.ConversionFilter;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Copies named recipients of one campaign into the new audience of another, page by page. */
final class Retarget {
  private final Jdbi jdbi;
  private final RecipientStore recipients;
  private final ConversionStore conversions;
  private final Audiences audiences;
  private final Audiences.Started started;
  private final Campaign from;
  private final ConversionFilter converted;
  private final RecipientCopy copy;
  private final LongSet seen = new LongSet();
  private int rows;
  private int accepted;
  private int duplicates;

  Retarget(
      Jdbi jdbi,
      RecipientStore recipients,
      ConversionStore conversions,
      Audiences audiences,
      Audiences.Started started,
      Campaign from,
      ConversionFilter converted) {
    this.jdbi = jdbi;
    this.recipients = recipients;
    this.conversions = conversions;
    this.audiences = audiences;
    this.started = started;
    this.from = from;
    this.converted = converted;
    this.copy = new RecipientCopy(started.audience());
  }

  void add(List<Integer> ordinals) {
    List<Recipient> page =
        jdbi.withHandle(
            handle -> recipients.named(handle, from.audienceId(), chosen(handle, ordinals)));
    for (Recipient recipient : page) {
      if (recipient.isErased()) {
        continue;
      }
      rows++;
      if (!seen.add(recipient.phone())) {
        duplicates++;
        continue;
      }
      copy.add(
          accepted++,
          new NewRecipient(
              new PhoneNumber(recipient.phone(), recipient.country()),
              recipient.name(),
              0,
              recipient.parameters()));
      audiences.refuseTooMany(accepted);
      if (copy.rows() >= Audiences.COPY_CHUNK) {
        flush();
      }
    }
  }

  private List<Integer> chosen(Handle handle, List<Integer> ordinals) {
    if (converted == ConversionFilter.CONVERSION_FILTER_UNSPECIFIED) {
      return ordinals;
    }
    Set<Integer> known = conversions.converted(handle, from.id(), ordinals);
    boolean wanted = converted == ConversionFilter.CONVERTED;
    return ordinals.stream().filter(ordinal -> known.contains(ordinal) == wanted).toList();
  }

  void flush() {
    audiences.store(
        started, copy, List.of(), new ImportStore.Progress(rows, accepted, duplicates, 0, 0));
  }

  int accepted() {
    return accepted;
  }
}
