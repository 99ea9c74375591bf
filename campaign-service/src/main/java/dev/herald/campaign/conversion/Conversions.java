package dev.herald.campaign.conversion;

import dev.herald.analytics.v1.Bucket;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.conversion.Conversion.Owed;
import dev.herald.campaign.conversion.Conversion.Value;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.reply.AnsweredStore;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.messagekey.LinkCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Decides which message a conversion is owed to, and records it once. */
public final class Conversions {
  // Of a person's last messages some may have failed; further back than this nobody looks.
  private static final int CANDIDATES = 5;
  private static final Set<Bucket> TAKEN =
      Set.of(
          Bucket.BUCKET_ACCEPTED, Bucket.BUCKET_SENT, Bucket.BUCKET_DELIVERED, Bucket.BUCKET_READ);

  private final Jdbi jdbi;
  private final ConversionStore conversions;
  private final AnsweredStore messages;
  private final CampaignStore campaigns;
  private final AnalyticsClient analytics;
  private final LinkCodec links;
  private final Duration window;

  public Conversions(
      Jdbi jdbi,
      ConversionStore conversions,
      AnsweredStore messages,
      CampaignStore campaigns,
      AnalyticsClient analytics,
      LinkCodec links,
      Duration window) {
    this.jdbi = jdbi;
    this.conversions = conversions;
    this.messages = messages;
    this.campaigns = campaigns;
    this.analytics = analytics;
    this.links = links;
    this.window = window;
  }

  /** Records what the owner of this number did. */
  Conversion ofPhone(WorkspaceId workspace, String id, String phone, Value value, Instant time) {
    long digits =
        switch (PhoneNumbers.parse(phone, "")) {
          case Parsed.Good good -> good.number().digits();
          case Parsed.Bad bad ->
              throw HeraldException.invalid("phone", "PHONE_INVALID", bad.message());
        };
    return known(workspace, id, value)
        .orElseGet(
            () ->
                record(
                    workspace, new Conversion(id, lastTo(workspace, digits, time), value, time)));
  }

  /** Records what somebody did who had opened a tracked link. */
  Conversion ofClick(WorkspaceId workspace, String id, String token, Value value, Instant time) {
    Owed owed =
        links
            .read(token)
            .map(LinkCodec.Link::message)
            .map(key -> new Owed(new CampaignId(key.campaign()), Math.toIntExact(key.ordinal())))
            .filter(found -> isOf(workspace, found.campaign()))
            .orElseThrow(
                () ->
                    HeraldException.invalid(
                        "click_token",
                        "CLICK_TOKEN_INVALID",
                        "This is not the token of a link of this workspace. Pass on unchanged what"
                            + " stands where the target says __CLICKID__."));
    return known(workspace, id, value)
        .orElseGet(() -> record(workspace, new Conversion(id, Optional.of(owed), value, time)));
  }

  private boolean isOf(WorkspaceId workspace, CampaignId campaign) {
    return jdbi.withHandle(handle -> campaigns.find(handle, workspace, campaign)).isPresent();
  }

  private Optional<Owed> lastTo(WorkspaceId workspace, long phone, Instant time) {
    return jdbi
        .withHandle(
            handle -> messages.lastOfAnyChannel(handle, workspace, phone, time, window, CANDIDATES))
        .stream()
        .map(found -> new Owed(found.campaign(), found.subject().ordinal()))
        .filter(
            owed -> TAKEN.contains(analytics.bucket(workspace, owed.campaign(), owed.ordinal())))
        .findFirst();
  }

  private Conversion record(WorkspaceId workspace, Conversion conversion) {
    boolean added = jdbi.inTransaction(tx -> conversions.add(tx, workspace, conversion));
    return added ? conversion : known(workspace, conversion.id(), conversion.value()).orElseThrow();
  }

  private Optional<Conversion> known(WorkspaceId workspace, String id, Value value) {
    Optional<Conversion> found = jdbi.withHandle(handle -> conversions.find(handle, workspace, id));
    if (found.filter(conversion -> !conversion.value().equals(value)).isPresent()) {
      throw HeraldException.alreadyExists(
          "CONVERSION_ID_REUSED",
          "This conversion id was told before, with another value. Give each conversion its own.");
    }
    return found;
  }
}
