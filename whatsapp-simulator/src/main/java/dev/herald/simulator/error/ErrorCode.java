package dev.herald.simulator.error;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The error codes of the Cloud API that the simulator can answer or report, with Meta's documented
 * HTTP status and wording. Meta asks integrators to decide on code and details; the title is only
 * shown.
 */
public enum ErrorCode {
  AUTH(0, 401, "AuthException", "We were unable to authenticate the app user."),
  UNKNOWN(1, 400, "API Unknown", "Invalid request or possible server error."),
  SERVICE(2, 503, "API Service", "Service temporarily unavailable."),
  METHOD(3, 500, "API Method", "Capability or permissions issue."),
  TOO_MANY_CALLS(4, 400, "API Too Many Calls", "The app has reached its API call rate limit."),
  PERMISSION_DENIED(
      10, 403, "API Permission Denied", "Permission is either not granted or has been removed."),
  NUMBER_DELETED(
      33, 400, "Parameter value is not valid", "The business phone number has been deleted."),
  INVALID_PARAMETER(
      100,
      400,
      "Invalid parameter",
      "The request included one or more unsupported or misspelled parameters."),
  TOKEN_INVALID(190, 401, "Invalid OAuth access token", "Cannot parse access token"),
  PERMISSION(200, 403, "API Permission", "Permission is either not granted or has been removed."),
  POLICY_BLOCK(
      368,
      403,
      "Temporarily blocked for policies violations",
      "The business account has been restricted."),
  CALLBACK_REFUSED(
      2200, 400, "Callback verification failed", "The callback URL could not be validated."),
  WABA_RATE_LIMIT(
      80007, 400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
  THROUGHPUT(
      130429,
      400,
      "Rate limit hit",
      "Message failed to send because there were too many messages sent from this phone number in a"
          + " short period of time"),
  EXPERIMENT(
      130472,
      400,
      "User's number is part of an experiment",
      "Failed to send message because this user's phone number is part of an experiment"),
  COUNTRY_RESTRICTED(
      130497,
      403,
      "Business account is restricted from messaging users in this country.",
      "The account is restricted from messaging users in this country."),
  SOMETHING_WENT_WRONG(
      131000, 500, "Something went wrong", "Message failed to send due to an unknown error."),
  ACCESS_DENIED(
      131005, 403, "Access denied", "Permission is either not granted or has been removed."),
  PARAMETER_MISSING(
      131008, 400, "Required parameter is missing", "The request is missing a required parameter."),
  PARAMETER_INVALID(
      131009, 400, "Parameter value is not valid", "One or more parameter values are invalid."),
  SERVICE_UNAVAILABLE(131016, 500, "Service unavailable", "A service is temporarily unavailable."),
  RECIPIENT_IS_SENDER(
      131021, 400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
  UNDELIVERABLE(131026, 400, "Message undeliverable", "Message Undeliverable."),
  ACCOUNT_LOCKED(
      131031,
      403,
      "Business Account locked",
      "The WhatsApp Business Account has been restricted or disabled."),
  DISPLAY_NAME(
      131037,
      400,
      "WhatsApp provided number needs display name approval before message can be sent.",
      "The display name of this number has not been approved."),
  PAYMENT(
      131042,
      400,
      "Business eligibility payment issue",
      "There was an error related to your payment method."),
  CERTIFICATE(
      131045,
      500,
      "Incorrect certificate",
      "Message failed to send due to a phone number registration error."),
  REENGAGEMENT(
      131047,
      400,
      "Re-engagement message",
      "Message failed to send because more than 24 hours have passed since the customer last"
          + " replied to this number."),
  SPAM_LIMIT(
      131048,
      400,
      "Spam rate limit hit",
      "Message failed to send because there are restrictions on how many messages can be sent from"
          + " this phone number."),
  ECOSYSTEM(
      131049,
      400,
      "This message was not delivered to maintain healthy ecosystem engagement.",
      "In order to maintain a healthy ecosystem engagement, the message failed to be delivered."),
  MARKETING_STOPPED(
      131050,
      400,
      "Unable to deliver the message. This recipient has chosen to stop receiving marketing"
          + " messages on WhatsApp from your business.",
      "The recipient has stopped marketing messages from this business."),
  UNSUPPORTED_TYPE(
      131051, 400, "Unsupported message type", "Message type is not currently supported"),
  MEDIA_DOWNLOAD(
      131052, 400, "Media download error", "Unable to download the media sent by the user."),
  MEDIA_UPLOAD(
      131053,
      400,
      "Media upload error",
      "Downloading media from weblink failed with http code 404, status message Not Found"),
  PAIR_LIMIT(
      131056,
      400,
      "(Business Account, Consumer Account) pair rate limit hit",
      "Message failed to send because there were too many messages sent from this phone number to"
          + " the same phone number in a short period of time."),
  MAINTENANCE(
      131057,
      500,
      "Business Account is in maintenance mode",
      "The business account is in maintenance mode."),
  CURSOR_INVALID(
      131059, 400, "Invalid pagination cursor", "The pagination cursor is invalid or has expired."),
  PARAMETER_COUNT(
      132000,
      400,
      "Number of parameters does not match the expected number of params",
      "The number of variable parameter values included in the request did not match the number in"
          + " the template."),
  TEMPLATE_MISSING(
      132001,
      404,
      "Template name does not exist in the translation",
      "The template does not exist in the specified language or has not been approved."),
  TEMPLATE_TEXT_TOO_LONG(
      132005, 400, "Translated text too long", "The translated text is too long."),
  TEMPLATE_POLICY(
      132007,
      400,
      "Template format character policy violated",
      "The template content violates a WhatsApp policy."),
  PARAMETER_FORMAT(
      132012,
      400,
      "Parameter format does not match format in the created template",
      "Variable parameter values are formatted incorrectly."),
  TEMPLATE_PAUSED(
      132015,
      400,
      "Template is paused",
      "Template is paused due to low quality so it cannot be sent in a template message."),
  TEMPLATE_DISABLED(
      132016,
      400,
      "Template is disabled",
      "Template has been paused too many times due to low quality and is now permanently"
          + " disabled."),
  TEMPLATE_PARAMETERS(
      132018,
      400,
      "There's an issue with the parameters in your template",
      "The template parameters are invalid."),
  NUMBER_NOT_REGISTERED(133010, 400, "Phone number not registered", "Account not registered"),
  GENERIC_USER_ERROR(
      135000,
      400,
      "Generic user error",
      "Message failed to send because of an unknown error with your request parameters.");

  private static final Map<Integer, ErrorCode> BY_CODE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(ErrorCode::code, Function.identity()));

  private final int code;
  private final int httpStatus;
  private final String title;
  private final String details;

  ErrorCode(int code, int httpStatus, String title, String details) {
    this.code = code;
    this.httpStatus = httpStatus;
    this.title = title;
    this.details = details;
  }

  public int code() {
    return code;
  }

  public int httpStatus() {
    return httpStatus;
  }

  public String title() {
    return title;
  }

  public String details() {
    return details;
  }

  public static Optional<ErrorCode> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }

  /** This error as an answer of the send call, with Meta's general explanation. */
  public GraphError answer() {
    return answer(details);
  }

  /** This error as an answer of the send call, explaining the case at hand. */
  public GraphError answer(String caseDetails) {
    return new GraphError(
        httpStatus, code, null, "OAuthException", "(#" + code + ") " + title, caseDetails);
  }
}
