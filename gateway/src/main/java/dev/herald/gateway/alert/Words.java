package dev.herald.gateway.alert;

import com.google.protobuf.Timestamp;
import dev.herald.analytics.v1.CampaignAnalytics;
import dev.herald.billing.v1.Money;
import dev.herald.billing.v1.UntoldWalletNotice;
import dev.herald.billing.v1.WalletNotice;
import dev.herald.campaign.v1.UntoldNotice;
import dev.herald.campaign.v1.UntoldStatusChange;
import dev.herald.common.v1.CampaignStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is worth an alert, and how people are told. */
final class Words {
  private static final String HERALD = "herald";
  private static final int MAX_TITLE = 300;
  private static final Set<String> GOOD_STATUS = Set.of("APPROVED", "PENDING", "IN_APPEAL");
  private static final Set<String> GOOD_QUALITY = Set.of("GREEN", "UNKNOWN", "");
  private static final int MICROS_DIGITS = 6;

  private Words() {}

  /** Empty for what people did themselves, or need not know. */
  static Optional<News> of(UntoldStatusChange change, Duration summaryDelay) {
    String source = "status/" + change.getId();
    if (change.getTo() == CampaignStatus.PAUSED && change.getBy().equals(HERALD)) {
      return Optional.of(
          new News(
              change.getWorkspaceId(),
              source,
              AlertKind.CAMPAIGN_PAUSED,
              Severity.WARNING,
              title("Campaign “" + change.getName() + "” was paused"),
              change.getReason(),
              change.getCampaignId(),
              instant(change.getTime()),
              Duration.ZERO));
    }
    if (change.getTo() == CampaignStatus.SENT) {
      return Optional.of(
          new News(
              change.getWorkspaceId(),
              source,
              AlertKind.CAMPAIGN_FINISHED,
              Severity.INFO,
              title("Campaign “" + change.getName() + "” is finished"),
              "All its messages have been handed over.",
              change.getCampaignId(),
              instant(change.getTime()),
              summaryDelay));
    }
    return Optional.empty();
  }

  /** What became of a campaign, in one sentence or two. */
  static String summary(CampaignAnalytics figures) {
    String text =
        String.format(
            Locale.ROOT,
            "%,d recipients: %,d sent, %,d delivered, %,d read, %,d failed, %,d skipped.",
            figures.getAudience(),
            figures.getSent(),
            figures.getDelivered(),
            figures.getRead(),
            figures.getFailed(),
            figures.getSkipped());
    return figures.hasCost() && figures.getCost().hasCharged()
        ? text + " Charged: " + money(figures.getCost().getCharged()) + "."
        : text;
  }

  /** Empty for what this version does not know. */
  static Optional<News> of(UntoldWalletNotice untold) {
    WalletNotice notice = untold.getNotice();
    return switch (notice.getKind()) {
      case LOW_BALANCE ->
          Optional.of(
              wallet(
                  untold,
                  AlertKind.LOW_BALANCE,
                  "The wallet is running low",
                  " Top it up, so that no campaign has to wait."));
      case BALANCE_RESTORED ->
          Optional.of(
              wallet(
                  untold,
                  AlertKind.BALANCE_RESTORED,
                  "The wallet is above its threshold again",
                  ""));
      case OVERDRAWN ->
          Optional.of(
              wallet(
                  untold,
                  AlertKind.OVERDRAWN,
                  "The wallet is overdrawn",
                  " Messages were proven sent after their money had been released. Top it up."));
      case KIND_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
    };
  }

  private static News wallet(
      UntoldWalletNotice untold, AlertKind kind, String title, String advice) {
    WalletNotice notice = untold.getNotice();
    String threshold =
        notice.hasLowBalanceThreshold()
            ? ", the threshold is " + money(notice.getLowBalanceThreshold())
            : "";
    return new News(
        untold.getWorkspaceId(),
        "wallet/" + notice.getId(),
        kind,
        kind == AlertKind.BALANCE_RESTORED ? Severity.INFO : Severity.WARNING,
        title,
        money(notice.getAvailable()) + " are available" + threshold + "." + advice,
        null,
        instant(notice.getCreateTime()),
        Duration.ZERO);
  }

  static News of(UntoldNotice notice) {
    boolean template = notice.getTemplateId() != 0;
    String subject = (template ? "Template " : "Number ") + notice.getName();
    return new News(
        notice.getWorkspaceId(),
        "notice/" + notice.getId(),
        template ? AlertKind.TEMPLATE_CHANGED : AlertKind.CHANNEL_CHANGED,
        isBad(notice) ? Severity.WARNING : Severity.INFO,
        title(subject + what(notice)),
        text(notice),
        null,
        instant(notice.getTime()),
        Duration.ZERO);
  }

  private static boolean isBad(UntoldNotice notice) {
    return switch (notice.getField()) {
      case STATUS -> !GOOD_STATUS.contains(notice.getNewValue());
      case QUALITY -> !GOOD_QUALITY.contains(notice.getNewValue());
      case HELD -> !notice.getNewValue().isEmpty();
      case CATEGORY -> true;
      case MESSAGING_LIMIT, FIELD_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static String what(UntoldNotice notice) {
    return switch (notice.getField()) {
      case STATUS -> " is " + notice.getNewValue();
      case CATEGORY -> " was moved to " + notice.getNewValue();
      case QUALITY -> ": quality is " + notice.getNewValue();
      case MESSAGING_LIMIT -> ": daily limit is " + notice.getNewValue();
      case HELD -> notice.getNewValue().isEmpty() ? " can send again" : " cannot send";
      case FIELD_UNSPECIFIED, UNRECOGNIZED -> " has changed";
    };
  }

  private static String text(UntoldNotice notice) {
    if (notice.getField() == UntoldNotice.Field.HELD) {
      return notice.getNewValue().isEmpty()
          ? "What was wrong with it is over."
          : notice.getNewValue();
    }
    String before = "Before: " + notice.getOldValue() + ".";
    String reason = notice.getReason().isEmpty() ? "" : " WhatsApp’s reason: " + notice.getReason();
    return switch (notice.getField()) {
      case STATUS ->
          before
              + reason
              + (notice.getNewValue().equals("APPROVED")
                  ? ""
                  : " Campaigns with it wait until it is APPROVED.");
      case CATEGORY -> before + " Its messages have another price now.";
      case QUALITY ->
          before
              + (isBad(notice)
                  ? " People block or report these messages; send fewer, to those who want them."
                  : "");
      default -> before;
    };
  }

  private static String title(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MAX_TITLE ? line : line.substring(0, MAX_TITLE - 1) + "…";
  }

  private static String money(Money money) {
    BigDecimal units = BigDecimal.valueOf(money.getMicros(), MICROS_DIGITS).stripTrailingZeros();
    BigDecimal shown = units.scale() < 2 ? units.setScale(2) : units;
    return shown.toPlainString() + " " + money.getCurrency();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
