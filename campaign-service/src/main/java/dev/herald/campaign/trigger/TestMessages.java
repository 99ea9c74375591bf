package dev.herald.campaign.trigger;

import dev.herald.campaign.audience.RecipientStore;
import dev.herald.campaign.campaign.Actor;
import dev.herald.campaign.campaign.Campaign;
import dev.herald.campaign.campaign.CampaignId;
import dev.herald.campaign.campaign.CampaignStore;
import dev.herald.campaign.campaign.CampaignType;
import dev.herald.campaign.campaign.Contents;
import dev.herald.campaign.campaign.Lifecycle;
import dev.herald.campaign.campaign.MessageType;
import dev.herald.campaign.campaign.Sending;
import dev.herald.campaign.campaign.Transitions;
import dev.herald.campaign.contact.Contact;
import dev.herald.campaign.contact.ContactStore;
import dev.herald.campaign.message.Columns;
import dev.herald.campaign.message.Content;
import dev.herald.campaign.message.ParameterPlan;
import dev.herald.campaign.message.Values;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.request.RequestLog;
import dev.herald.campaign.v1.SendTestMessageRequest;
import dev.herald.campaign.v1.SendTestMessageResponse;
import dev.herald.campaign.v1.TriggerRecipient;
import dev.herald.campaign.workspace.WorkspaceId;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.Ids;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Sends a campaign's message to one number, outside its audience and its metrics. It goes the way
 * of every message (claimed before it is sent, at the channel's rate, paid for like any other), in
 * a hidden API campaign that belongs to this version of the campaign.
 */
public final class TestMessages {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(25);

  private final Jdbi jdbi;
  private final CampaignStore campaigns;
  private final RecipientStore recipients;
  private final Contents contents;
  private final ContactStore contacts;
  private final Transitions transitions;
  private final Trigger trigger;
  private final RequestLog requests;
  private final Sending sending;
  private final TestResultStore results = new TestResultStore();

  public TestMessages(
      Jdbi jdbi,
      CampaignStore campaigns,
      RecipientStore recipients,
      Contents contents,
      ContactStore contacts,
      Transitions transitions,
      Trigger trigger,
      RequestLog requests,
      Sending sending) {
    this.jdbi = jdbi;
    this.campaigns = campaigns;
    this.recipients = recipients;
    this.contents = contents;
    this.contacts = contacts;
    this.transitions = transitions;
    this.trigger = trigger;
    this.requests = requests;
    this.sending = sending;
  }

  public SendTestMessageResponse send(
      WorkspaceId workspace, SendTestMessageRequest request, Actor by) {
    var key = RequestLog.Key.of(workspace, "SendTestMessage", request.getRequestId(), request);
    Optional<SendTestMessageResponse> repeated =
        jdbi.withHandle(handle -> requests.find(handle, key, SendTestMessageResponse.parser()));
    if (repeated.isPresent()) {
      return repeated.get();
    }
    Campaign tested =
        jdbi.withHandle(
            handle ->
                campaigns.require(handle, workspace, new CampaignId(request.getCampaignId())));
    TriggerRecipient recipient = resolved(tested, request.getRecipient());
    requireActive(tested, recipient);
    if (!jdbi.inTransaction(tx -> requests.begin(tx, key))) {
      throw HeraldException.aborted(
          "REQUEST_UNDER_WAY", "The same request is being carried out just now.");
    }
    SendTestMessageResponse answer;
    try {
      Campaign hidden = jdbi.inTransaction(tx -> hidden(tx, tested, by));
      int ordinal = trigger.add(hidden, recipient);
      answer = await(hidden.id(), ordinal);
    } catch (RuntimeException e) {
      jdbi.useTransaction(tx -> requests.giveUp(tx, key));
      throw e;
    }
    jdbi.useTransaction(tx -> requests.complete(tx, key, answer.toByteArray()));
    return answer;
  }

  // A broadcast names its values by columns; the hidden campaign wants them by placeholder.
  private TriggerRecipient resolved(Campaign tested, TriggerRecipient given) {
    if (tested.type() == CampaignType.API || tested.columns().all().isEmpty()) {
      return given;
    }
    Columns columns = tested.columns();
    @Nullable String[] values = new @Nullable String[columns.parameters().size()];
    given
        .getParametersMap()
        .forEach(
            (name, value) -> {
              int index = columns.indexOf(name);
              if (index >= 0) {
                values[index] = value;
              }
            });
    Values byColumn =
        new Values(given.getPhone(), given.getName(), java.util.Arrays.asList(values));
    Map<String, String> byPlaceholder = new HashMap<>(given.getParametersMap());
    jdbi.useHandle(
        handle -> {
          if (tested.content() instanceof Content.TemplateContent template) {
            ParameterPlan plan =
                contents.plan(handle, tested.workspace(), tested.content(), columns);
            contents
                .template(handle, tested.workspace(), template)
                .placeholders()
                .forEach(
                    placeholder -> {
                      String value = plan.value(placeholder.key(), byColumn);
                      if (!value.isEmpty()) {
                        byPlaceholder.putIfAbsent(placeholder.key(), value);
                      }
                    });
          }
        });
    return given.toBuilder().putAllParameters(byPlaceholder).build();
  }

  private void requireActive(Campaign tested, TriggerRecipient recipient) {
    if (tested.messageType() != MessageType.REGULAR) {
      return;
    }
    if (PhoneNumbers.parse(recipient.getPhone(), tested.defaultRegion())
        instanceof Parsed.Good good) {
      boolean active =
          jdbi.withHandle(
                  handle -> contacts.find(handle, tested.workspace(), good.number().digits()))
              .map(Contact::active)
              .orElse(false);
      if (!active) {
        throw HeraldException.precondition(
            "NOT_ACTIVE",
            "Free text reaches only people who wrote within the last 24 hours. Write to the"
                + " channel from this number first.");
      }
    }
  }

  private Campaign hidden(Handle tx, Campaign tested, Actor by) {
    campaigns.lockAndRequire(tx, tested.workspace(), tested.id());
    contents
        .obstacle(tx, tested.workspace(), tested.content())
        .ifPresent(
            obstacle -> {
              throw HeraldException.precondition("TEMPLATE_NOT_APPROVED", obstacle);
            });
    String name = "test/" + tested.id().value() + "/" + tested.version();
    Optional<Campaign> existing = campaigns.findHidden(tx, tested.workspace(), name);
    if (existing.isPresent()) {
      return existing.get();
    }
    CampaignId id = new CampaignId(Ids.next());
    campaigns.insert(
        tx,
        new CampaignStore.Draft(
            id,
            tested.workspace(),
            name,
            CampaignType.API,
            tested.messageType(),
            tested.channel(),
            tested.content() instanceof Content.TemplateContent template
                ? template.template().value()
                : null,
            tested.content(),
            0,
            Duration.ZERO,
            tested.defaultRegion(),
            Duration.ofHours(1),
            by));
    campaigns.hide(tx, id);
    List<String> columns =
        contents.apiParameters(tx, tested.workspace(), tested.content()).columns();
    recipients.complete(tx, id.value(), 0, columns);
    campaigns.launched(
        tx, id, contents.category(tx, tested.workspace(), tested.content()), null, null, by);
    Campaign draft = campaigns.find(tx, id).orElseThrow();
    return transitions.apply(tx, draft, new Lifecycle.Command.Launch(), null, by).orElseThrow();
  }

  private SendTestMessageResponse await(CampaignId hidden, int ordinal) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    sending.wake();
    try {
      while (System.nanoTime() - end < 0) {
        Optional<SendTestMessageResponse> result =
            jdbi.withHandle(handle -> results.find(handle, hidden, ordinal));
        if (result.isPresent()) {
          return result.get();
        }
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return SendTestMessageResponse.newBuilder()
        .setErrorMessage(
            "WhatsApp has not taken the message yet; Herald keeps trying. Check the channel.")
        .build();
  }
}
