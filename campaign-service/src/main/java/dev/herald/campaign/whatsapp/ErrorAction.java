package dev.herald.campaign.whatsapp;

/** What an error code makes of a message and of what comes after it. */
public enum ErrorAction {
  /** Not taken because of a rate limit: try again later, and send more slowly meanwhile. */
  THROTTLED,
  /** Not taken because this person got several messages just now: try again later. */
  PAIR_LIMITED,
  /** Not taken because WhatsApp works on the number or template: try again in a minute. */
  NOT_NOW,
  /** This recipient fails; says nothing about the others. */
  FAIL_RECIPIENT,
  /** This recipient fails, and does not want messages any more. */
  FAIL_AND_OPT_OUT,
  /** This recipient fails; if many do so in a row, the campaign itself is wrong. */
  FAIL_AND_SUSPECT_CAMPAIGN,
  /** This recipient fails, and nobody else of the country can be reached from this account. */
  FAIL_AND_REFUSE_COUNTRY,
  /** Not taken because of the template: pause the campaign, keep the recipient. */
  PAUSE_CAMPAIGN,
  /**
   * Not taken because of token, number or account: pause all of the channel, keep the recipient.
   */
  PAUSE_CHANNEL,
  /** WhatsApp itself failed: it may have taken the message or not. */
  UNKNOWN
}
