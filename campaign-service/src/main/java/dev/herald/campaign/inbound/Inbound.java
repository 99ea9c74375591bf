package dev.herald.campaign.inbound;

import dev.herald.analytics.v1.Bucket;
import dev.herald.analytics.v1.EvidenceKind;
import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignListStore;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.PauseReason;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.TemplateGuard;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.channel.Channel;
import dev.herald.campaign.channel.ChannelStore;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.phone.PhoneNumber;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.reply.AnsweredStore;
import dev.herald.campaign.reply.AnsweredStore.Answered;
import dev.herald.campaign.reply.Reply;
import dev.herald.campaign.reply.ReplyStore;
import dev.herald.campaign.reply.WhatsAppIds;
import dev.herald.campaign.report.AnalyticsClient;
import dev.herald.campaign.report.EvidenceBatch;
import dev.herald.campaign.report.Reports;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateCategory;
import dev.herald.campaign.template.TemplateStatus;
import dev.herald.campaign.template.TemplateStore;
import dev.herald.campaign.v1.ChannelUpdate;
import dev.herald.campaign.v1.InboundEvent;
import dev.herald.campaign.v1.InboundMessage;
import dev.herald.campaign.v1.TemplateUpdate;
import dev.herald.campaign.v1.UnwantedMessage;
import dev.herald.campaign.v1.UserPreference;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.crash.CrashPoint;
import dev.herald.runtime.messagekey.MessageKeyCodec;
import dev.herald.runtime.messagekey.MessageKeyReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Applies what WhatsApp tells us besides statuses. Every event may come twice, late and out of
 * order: times only move forward, and news older than what we know changes nothing.
 */
final class Inbound {
  private static final int MAX_NAME = 200;
  private static final int MAX_BUTTON = 100;
  private static final int MAX_TEXT = 4096;
  private static final Set<String> BUTTON_TYPES = Set.of("button", "interactive");
  private static final Set<String> ACCOUNT_TROUBLE =
      Set.of("DISABLED_UPDATE", "ACCOUNT_DELETED", "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION");

  private final Jdbi jdbi;
  private final ChannelStore channels;
  private final TemplateStore templates;
  private final TemplateGuard templateGuard;
  private final RecipientStore recipients;
  private final ContactStore contacts;
  private final CampaignStore campaigns;
  private final CampaignListStore lists = new CampaignListStore();
  private final Transitions transitions;
  private final Reports reports;
  private final AnalyticsClient analytics;
  private final MessageKeyCodec keys;
  private final Keywords keywords;
  private final Duration replyWindow;
  private final Sending sending;
  private final AnsweredStore answers = new AnsweredStore();
  private final ReplyStore replies;

  Inbound(
      Jdbi jdbi,
      ChannelStore channels,
      TemplateStore templates,
      TemplateGuard templateGuard,
      RecipientStore recipients,
      ContactStore contacts,
      CampaignStore campaigns,
      Transitions transitions,
      Reports reports,
      AnalyticsClient analytics,
      MessageKeyCodec keys,
      Keywords keywords,
      Duration replyWindow,
      ReplyStore replies,
      Sending sending) {
    this.jdbi = jdbi;
    this.channels = channels;
    this.templates = templates;
    this.templateGuard = templateGuard;
    this.recipients = recipients;
    this.contacts = contacts;
    this.campaigns = campaigns;
    this.transitions = transitions;
    this.reports = reports;
    this.analytics = analytics;
    this.keys = keys;
    this.keywords = keywords;
    this.replyWindow = replyWindow;
    this.replies = replies;
    this.sending = sending;
  }

  /**
   * Applies one event.
   *
   * @throws HeraldException INVALID if it cannot be applied, now or later
   */
  void apply(InboundEvent event) {
    if (!event.hasTime()) {
      throw HeraldException.invalid("time", "TIME_MISSING", "An event needs its time.");
    }
    Instant time = dev.herald.campaign.rpc.Protos.instant("time", event.getTime());
    switch (event.getKindCase()) {
      case MESSAGE -> message(channel(event), event.getMessage(), time);
      case PREFERENCE -> preference(channel(event), event.getPreference(), time);
      case TEMPLATE -> channelsOf(event).forEach(one -> template(one, event.getTemplate(), time));
      case CHANNEL -> channelsOf(event).forEach(one -> channel(one, event.getChannel()));
      case UNWANTED -> unwanted(channel(event), event.getUnwanted(), time);
      case KIND_NOT_SET ->
          throw HeraldException.invalid("kind", "KIND_MISSING", "An event of no kind.");
    }
  }

  private Channel channel(InboundEvent event) {
    return channelsOf(event).stream()
        .findFirst()
        .orElseThrow(
            () ->
                HeraldException.invalid(
                    "phone_number_id", "CHANNEL_UNKNOWN", "No channel has this number."));
  }

  private List<Channel> channelsOf(InboundEvent event) {
    return jdbi.withHandle(
        handle ->
            event.getPhoneNumberId().isEmpty()
                ? channels.byWaba(handle, event.getWabaId())
                : channels.byNumbers(handle, List.of(event.getPhoneNumberId())));
  }

  private void message(Channel channel, InboundMessage message, Instant time) {
    if (message.getFrom().isEmpty()) {
      return; // A person who hides the number: nobody we could know or write to by number.
    }
    PhoneNumber phone = number(message.getFrom());
    Optional<Answered> answered = answered(channel, phone, message, time);
    jdbi.useTransaction(
        tx -> {
          contacts.lockShared(tx, channel.workspace());
          contacts.inbound(tx, channel.workspace(), phone, name(message), time);
          keywords
              .wish(message.getText())
              .ifPresent(
                  stop ->
                      contacts.setOptOut(tx, channel.workspace(), phone, stop, "keyword", time));
          answered.ifPresent(one -> replied(tx, channel, one, message, time));
          CrashPoint.reached("campaign.inbound.before-commit");
        });
    CrashPoint.reached("campaign.inbound.committed");
  }

  // A tapped button or a quotation names its message; anything else answers the last one the person
  // got, unless that one failed: a reply proves delivery, and must not prove what did not happen.
  private Optional<Answered> answered(
      Channel channel, PhoneNumber phone, InboundMessage message, Instant time) {
    MessageKeyReading reading =
        keys.read(message.getPayload(), channel.workspace().value(), channel.phoneNumberId());
    if (reading instanceof MessageKeyReading.Genuine genuine) {
      return Optional.of(
          new Answered(
              new CampaignId(genuine.key().campaign()),
              new EvidenceBatch.Subject(
                  Math.toIntExact(genuine.key().ordinal()),
                  genuine.key().country(),
                  genuine.key().lot())));
    }
    Optional<Answered> quoted =
        message.getContextWamid().isEmpty()
            ? Optional.empty()
            : jdbi.withHandle(
                handle ->
                    answers.quoted(
                        handle,
                        channel.workspace(),
                        channel.id(),
                        WhatsAppIds.hash(message.getContextWamid())));
    if (quoted.isPresent()) {
      return quoted;
    }
    return jdbi.withHandle(
            handle ->
                answers.last(
                    handle, channel.workspace(), channel.id(), phone.digits(), time, replyWindow))
        .filter(
            one -> {
              Bucket bucket =
                  analytics.bucket(channel.workspace(), one.campaign(), one.subject().ordinal());
              return bucket != Bucket.BUCKET_FAILED && bucket != Bucket.BUCKET_SKIPPED;
            });
  }

  private void replied(
      Handle tx, Channel channel, Answered answered, InboundMessage message, Instant time) {
    boolean tapped = BUTTON_TYPES.contains(message.getType());
    String words = message.getText().replace("\u0000", "");
    replies.add(
        tx,
        answered.campaign(),
        new Reply(
            answered.subject().ordinal(),
            WhatsAppIds.hash(message.getWamid()),
            time,
            tapped ? upTo(MAX_BUTTON, words) : "",
            tapped ? "" : upTo(MAX_TEXT, words)));
    EvidenceBatch evidence = new EvidenceBatch(channel.workspace(), answered.campaign());
    evidence.add(answered.subject(), EvidenceKind.REPLIED, time);
    reports.evidence(tx, evidence);
  }

  private static String name(InboundMessage message) {
    return upTo(MAX_NAME, message.getProfileName().replace("\u0000", "").strip());
  }

  private static String upTo(int most, String text) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }

  private static PhoneNumber number(String digits) {
    boolean plausible =
        digits.length() >= 7
            && digits.length() <= 15
            && digits.charAt(0) != '0'
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!plausible) {
      throw HeraldException.invalid("from", "INVALID_NUMBER", "Not a number of WhatsApp's form.");
    }
    long number = PhoneNumbers.ofWhatsAppId(Long.parseLong(digits));
    return new PhoneNumber(number, PhoneNumbers.countryOf(number));
  }

  private void preference(Channel channel, UserPreference preference, Instant time) {
    boolean stop =
        switch (preference.getValue()) {
          case "stop" -> true;
          case "resume" -> false;
          default ->
              throw HeraldException.invalid(
                  "value", "PREFERENCE_UNKNOWN", "A preference is stop or resume.");
        };
    if (preference.getFrom().isEmpty()) {
      return;
    }
    PhoneNumber phone = number(preference.getFrom());
    jdbi.useTransaction(
        tx -> {
          contacts.lockShared(tx, channel.workspace());
          contacts.setOptOut(tx, channel.workspace(), phone, stop, "whatsapp", time);
        });
  }

  // By the message's key, so that the number is the one we know the person by.
  private void unwanted(Channel channel, UnwantedMessage message, Instant time) {
    CampaignId campaign = new CampaignId(message.getCampaignId());
    jdbi.useTransaction(
        tx -> {
          contacts.lockShared(tx, channel.workspace());
          campaigns
              .find(tx, campaign)
              .filter(found -> found.workspace().equals(channel.workspace()))
              .flatMap(
                  found ->
                      recipients
                          .named(tx, found.audienceId(), List.of(message.getOrdinal()))
                          .stream()
                          .filter(one -> !one.isErased())
                          .findFirst())
              .ifPresent(
                  one ->
                      contacts.setOptOut(
                          tx,
                          channel.workspace(),
                          new PhoneNumber(one.phone(), one.country()),
                          true,
                          ContactStore.BY_ERROR,
                          time));
        });
  }

  private void template(Channel channel, TemplateUpdate update, Instant time) {
    @Nullable TemplateStatus status =
        update.getEvent().isEmpty() ? null : TemplateStatus.ofMeta(update.getEvent());
    @Nullable TemplateCategory category =
        update.getNewCategory().isEmpty() ? null : TemplateCategory.ofMeta(update.getNewCategory());
    List<Campaign> paused =
        jdbi.inTransaction(
            tx -> {
              List<Campaign> all = new ArrayList<>();
              for (Template template :
                  templates.update(
                      tx,
                      channel.id(),
                      update.getWhatsappId(),
                      update.getName(),
                      update.getLanguage(),
                      status,
                      update.getReason().equals("NONE") ? "" : update.getReason(),
                      category,
                      update.getNewQuality(),
                      time)) {
                all.addAll(templateGuard.pauseWhatCannotGoOn(tx, template));
              }
              return all;
            });
    paused.forEach(campaign -> sending.changed(campaign.id(), campaign.version()));
  }

  private void channel(Channel channel, ChannelUpdate update) {
    List<Campaign> paused =
        jdbi.inTransaction(
            tx -> {
              channels.updateQuality(
                  tx, channel.id(), update.getQualityRating(), update.getMessagingLimitTier());
              List<Campaign> all = new ArrayList<>();
              if (update.getField().equals("account_update")
                  && ACCOUNT_TROUBLE.contains(update.getEvent())) {
                String why =
                    "WhatsApp reports "
                        + update.getEvent()
                        + " for the account"
                        + (update.getDetails().isEmpty() ? "." : ": " + update.getDetails());
                channels.held(tx, channel.id(), why);
                for (CampaignId id : lists.running(tx, channel.id().value())) {
                  transitions
                      .pauseByHerald(tx, id, PauseReason.Kind.CHANNEL, why, 0)
                      .ifPresent(all::add);
                }
              }
              return all;
            });
    paused.forEach(campaign -> sending.changed(campaign.id(), campaign.version()));
  }
}
