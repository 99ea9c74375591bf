package dev.herald.analytics.campaign;

import dev.herald.analytics.v1.FailureReason;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Meta's failure codes mean in plain words, and what a person can do about them. */
final class FailureAdvice {
  private static final Set<Integer> LIMITED_BY_META = Set.of(131049, 130472);

  private record Words(String title, String advice) {}

  private static final Words UNKNOWN =
      new Words("Failed", "WhatsApp gave this code; look it up in Meta's list of error codes.");

  private static final Map<Integer, Words> WORDS =
      Map.ofEntries(
          Map.entry(
              0, new Words("Failed without a code", "Open the message for what WhatsApp said.")),
          Map.entry(100, new Words("Invalid parameter", "Check the template's parameters.")),
          Map.entry(
              130472,
              new Words(
                  "Kept back by a Meta experiment",
                  "Meta sends this person no marketing for now. Sending again gives the same.")),
          Map.entry(130497, new Words("Country not allowed", "Meta does not let you write there.")),
          Map.entry(131000, new Words("WhatsApp had a problem", "You may try these people again.")),
          Map.entry(131008, new Words("A parameter is missing", "Fill every parameter.")),
          Map.entry(131009, new Words("A value is not accepted", "Check the parameters' values.")),
          Map.entry(
              131005, new Words("Access denied", "Check the channel's token and permissions.")),
          Map.entry(
              131016, new Words("WhatsApp was unavailable", "You may try these people again.")),
          Map.entry(131021, new Words("Sent to itself", "Remove your own number from the list.")),
          Map.entry(
              131026,
              new Words(
                  "Not reachable on WhatsApp",
                  "The number has no WhatsApp, an old app, or blocks you. Remove it from the"
                      + " list.")),
          Map.entry(
              131042, new Words("Payment problem at Meta", "Check the payment method at Meta.")),
          Map.entry(
              131047,
              new Words(
                  "More than 24 hours since the last reply",
                  "Use a template instead of free text.")),
          Map.entry(
              131048, new Words("Too many people blocked you", "Send less, to people who asked.")),
          Map.entry(
              131049,
              new Words(
                  "Limited by Meta",
                  "Meta limits marketing to each person. Expected; try again after a day or"
                      + " more.")),
          Map.entry(
              131050,
              new Words(
                  "Stopped marketing messages",
                  "The person opted out. Herald will not write again.")),
          Map.entry(
              131051, new Words("Message type not supported", "Use another kind of message.")),
          Map.entry(
              131053, new Words("Media could not be fetched", "Check that the link is public.")),
          Map.entry(
              131055, new Words("Only marketing templates", "Use a template of this category.")),
          Map.entry(131056, new Words("Too many to one person", "Wait before writing again.")),
          Map.entry(131057, new Words("WhatsApp was in maintenance", "Try these people again.")),
          Map.entry(
              131062, new Words("Needs a phone number", "Login codes go to phone numbers only.")),
          Map.entry(132000, new Words("Wrong number of parameters", "Check the mapping.")),
          Map.entry(132001, new Words("Template not found", "Sync the templates.")),
          Map.entry(132005, new Words("Text too long", "Shorten the parameters.")),
          Map.entry(132007, new Words("Text breaks a rule", "Change the template.")),
          Map.entry(132012, new Words("Parameter has a wrong format", "Check the parameters.")),
          Map.entry(
              132015, new Words("Template paused", "Meta paused the template for low quality.")),
          Map.entry(132016, new Words("Template disabled", "Use another template.")),
          Map.entry(132018, new Words("Wrong template parameters", "Check the parameters.")),
          Map.entry(133010, new Words("Your number is not registered", "Register it at Meta.")),
          Map.entry(
              135000, new Words("WhatsApp did not say why", "Check one message, then try again.")));

  private FailureAdvice() {}

  static FailureReason explained(int code, int count, double share, @Nullable String metaTitle) {
    Words words = WORDS.getOrDefault(code, UNKNOWN);
    return FailureReason.newBuilder()
        .setCode(code)
        .setTitle(words.title())
        .setAdvice(words.advice())
        .setCount(count)
        .setShare(share)
        .setLimitedByMeta(LIMITED_BY_META.contains(code))
        .setMetaTitle(metaTitle == null ? "" : metaTitle)
        .build();
  }
}
