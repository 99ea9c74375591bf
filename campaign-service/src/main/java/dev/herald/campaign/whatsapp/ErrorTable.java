package dev.herald.campaign.whatsapp;

import static dev.herald.campaign.whatsapp.ErrorAction.FAIL_AND_OPT_OUT;
import static dev.herald.campaign.whatsapp.ErrorAction.FAIL_AND_REFUSE_COUNTRY;
import static dev.herald.campaign.whatsapp.ErrorAction.FAIL_AND_SUSPECT_CAMPAIGN;
import static dev.herald.campaign.whatsapp.ErrorAction.FAIL_RECIPIENT;
import static dev.herald.campaign.whatsapp.ErrorAction.NOT_NOW;
import static dev.herald.campaign.whatsapp.ErrorAction.PAIR_LIMITED;
import static dev.herald.campaign.whatsapp.ErrorAction.PAUSE_CAMPAIGN;
import static dev.herald.campaign.whatsapp.ErrorAction.PAUSE_CHANNEL;
import static dev.herald.campaign.whatsapp.ErrorAction.THROTTLED;
import static dev.herald.campaign.whatsapp.ErrorAction.UNKNOWN;

import java.util.Map;
import java.util.Set;

/**
 * Meta's error codes and what each means to a campaign. Only the code decides: the HTTP status of
 * one code differs between Meta's own pages. Codes behind which WhatsApp may have taken the message
 * all the same are UNKNOWN: a second message is worse than a missing one.
 */
public final class ErrorTable {
  private static final int SERVER_ERROR = 500;
  private static final int FIRST_PERMISSION = 200;
  private static final int LAST_PERMISSION = 299;

  private static final Map<Integer, ErrorAction> ACTIONS =
      Map.ofEntries(
          // The token, the number or the account.
          row(0, PAUSE_CHANNEL), // token expired or invalidated
          row(3, PAUSE_CHANNEL), // capability missing
          row(10, PAUSE_CHANNEL), // permission denied
          row(33, PAUSE_CHANNEL), // number deleted
          row(190, PAUSE_CHANNEL), // token expired
          row(368, PAUSE_CHANNEL), // blocked for policy violations
          row(131005, PAUSE_CHANNEL), // access denied
          row(131031, PAUSE_CHANNEL), // account locked
          row(131037, PAUSE_CHANNEL), // display name not approved
          row(131042, PAUSE_CHANNEL), // payment problem
          row(131045, PAUSE_CHANNEL), // registration or certificate
          row(131048, PAUSE_CHANNEL), // spam limit: do not hammer
          row(133000, PAUSE_CHANNEL), // registration incomplete
          row(133005, PAUSE_CHANNEL),
          row(133006, PAUSE_CHANNEL), // must be verified again
          row(133008, PAUSE_CHANNEL),
          row(133009, PAUSE_CHANNEL),
          row(133010, PAUSE_CHANNEL), // number not registered
          row(133015, PAUSE_CHANNEL),
          row(133016, PAUSE_CHANNEL),
          row(134011, PAUSE_CHANNEL), // payment terms not accepted

          // Too much, or not just now.
          row(4, THROTTLED), // app too many calls
          row(80007, THROTTLED), // account rate limit
          row(130429, THROTTLED), // throughput of the number
          row(131056, PAIR_LIMITED), // several messages to one person
          row(131057, NOT_NOW), // maintenance, e.g. a throughput upgrade
          row(132069, NOT_NOW), // flow throttled
          row(134101, NOT_NOW), // template being synchronised
          row(2494100, NOT_NOW), // maintenance of the number

          // The template.
          row(132001, PAUSE_CAMPAIGN), // does not exist in this language, or is not approved
          row(132007, PAUSE_CAMPAIGN), // character policy
          row(132015, PAUSE_CAMPAIGN), // paused
          row(132016, PAUSE_CAMPAIGN), // disabled for good
          row(132068, PAUSE_CAMPAIGN), // its flow is blocked
          row(131055, PAUSE_CAMPAIGN), // only marketing templates here
          row(134100, PAUSE_CAMPAIGN),
          row(134102, PAUSE_CAMPAIGN),

          // The message as we wrote it: the same for everybody, or this row only.
          row(100, FAIL_AND_SUSPECT_CAMPAIGN), // invalid parameter
          row(131008, FAIL_AND_SUSPECT_CAMPAIGN), // required parameter missing
          row(131009, FAIL_AND_SUSPECT_CAMPAIGN), // parameter value invalid
          row(131051, FAIL_AND_SUSPECT_CAMPAIGN), // message type not supported
          row(131053, FAIL_AND_SUSPECT_CAMPAIGN), // media could not be fetched
          row(132000, FAIL_AND_SUSPECT_CAMPAIGN), // number of parameters
          row(132012, FAIL_AND_SUSPECT_CAMPAIGN), // parameter format
          row(132018, FAIL_AND_SUSPECT_CAMPAIGN), // template parameters
          row(135000, FAIL_AND_SUSPECT_CAMPAIGN), // generic user error

          // The person.
          row(130472, FAIL_RECIPIENT), // part of an experiment
          row(130497, FAIL_AND_REFUSE_COUNTRY), // country refused
          row(131021, FAIL_RECIPIENT), // recipient is the sender
          row(131026, FAIL_RECIPIENT), // undeliverable
          row(131047, FAIL_RECIPIENT), // more than 24 hours since the last reply
          row(131049, FAIL_RECIPIENT), // Meta chose not to deliver
          row(131050, FAIL_AND_OPT_OUT), // stopped marketing messages
          row(131062, FAIL_RECIPIENT), // authentication message needs a phone number
          row(132005, FAIL_RECIPIENT), // filled-in text too long

          // WhatsApp itself.
          row(1, UNKNOWN), // unknown: bad request or server fault
          row(2, UNKNOWN), // down or overloaded
          row(131000, UNKNOWN), // something went wrong
          row(131016, UNKNOWN), // service unavailable
          row(133004, UNKNOWN)); // server temporarily unavailable

  private ErrorTable() {}

  /** What to do about this error. */
  public static ErrorAction action(MetaError error) {
    ErrorAction known = ACTIONS.get(error.code());
    if (known != null) {
      // A missing object is reported as an invalid parameter: the number itself is gone.
      return error.code() == 100 && error.subcode() == 33 ? PAUSE_CHANNEL : known;
    }
    if (error.code() >= FIRST_PERMISSION && error.code() <= LAST_PERMISSION) {
      return PAUSE_CHANNEL;
    }
    if (error.code() == MetaError.NO_CODE || error.httpStatus() >= SERVER_ERROR) {
      return UNKNOWN;
    }
    return FAIL_AND_SUSPECT_CAMPAIGN;
  }

  /** The codes with a row of their own. */
  static Set<Integer> codes() {
    return ACTIONS.keySet();
  }

  private static Map.Entry<Integer, ErrorAction> row(int code, ErrorAction action) {
    return Map.entry(code, action);
  }
}
