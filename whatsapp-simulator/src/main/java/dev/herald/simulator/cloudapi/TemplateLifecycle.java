package dev.herald.simulator.cloudapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.json.Json;
import dev.herald.simulator.scenario.Knob;
import dev.herald.simulator.scenario.MessageKind;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateStatus;
import dev.herald.simulator.time.Ticker;
import dev.herald.simulator.webhook.Extra;
import dev.herald.simulator.webhook.Webhooks;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Changes templates the way Meta does: the change takes effect and the subscribed apps are told.
 */
public final class TemplateLifecycle implements AutoCloseable {
  private static final long DAY_SECONDS = 86_400;

  private final Webhooks webhooks;
  private final Behaviour behaviour;
  private final Ticker ticker;
  private final ScheduledExecutorService reviews =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("simulator-template-review").factory());

  public TemplateLifecycle(Webhooks webhooks, Behaviour behaviour, Ticker ticker) {
    this.webhooks = webhooks;
    this.behaviour = behaviour;
    this.ticker = ticker;
  }

  /** Approves a pending template after the review time. */
  void review(BusinessAccount account, Template template) {
    var _ =
        reviews.schedule(
            () -> {
              boolean pending =
                  account
                      .templates()
                      .find(template.name(), template.language())
                      .filter(now -> now.status() == TemplateStatus.PENDING)
                      .isPresent();
              if (pending) {
                status(
                    account, template.name(), template.language(), TemplateStatus.APPROVED, "NONE");
              }
            },
            behaviour.scenario().micros(Knob.TEMPLATE_REVIEW_DELAY),
            TimeUnit.MICROSECONDS);
  }

  /** Puts a template into a status and tells; empty if there is no such template. */
  public Optional<Template> status(
      BusinessAccount account, String name, String language, TemplateStatus status, String reason) {
    TemplateStatus before =
        account
            .templates()
            .find(name, language)
            .map(Template::status)
            .orElse(TemplateStatus.DELETED);
    Optional<Template> changed =
        account.templates().change(name, language, template -> template.withStatus(status, reason));
    changed.ifPresent(
        template ->
            tell(account, "message_template_status_update", statusValue(template, before, reason)));
    return changed;
  }

  /** Removes a template and tells. */
  void delete(BusinessAccount account, Template template) {
    account.templates().remove(template);
    ObjectNode value =
        statusValue(template.withStatus(TemplateStatus.DELETED, "NONE"), template.status(), "NONE");
    value.putNull("reason");
    tell(account, "message_template_status_update", value);
  }

  /** Moves a template to another category, which changes its price, and tells. */
  public Optional<Template> category(
      BusinessAccount account, String name, String language, MessageKind category) {
    Optional<Template> before = account.templates().find(name, language);
    Optional<Template> changed =
        account.templates().change(name, language, template -> template.withCategory(category));
    if (before.isPresent() && changed.isPresent()) {
      ObjectNode value = identity(changed.get());
      value.put("previous_category", before.get().category().name());
      value.put("new_category", category.name());
      tell(account, "template_category_update", value);
    }
    return changed;
  }

  /** Tells that a template will move to another category in a day. */
  public void announceCategory(BusinessAccount account, Template template, MessageKind category) {
    ObjectNode value = identity(template);
    value.put("new_category", template.category().name());
    value.put("correct_category", category.name());
    value.put("category_update_timestamp", seconds() + DAY_SECONDS);
    tell(account, "template_category_update", value);
  }

  private ObjectNode statusValue(Template template, TemplateStatus before, String reason) {
    ObjectNode value = Json.object();
    value.put("event", template.status().name());
    value.setAll(identity(template));
    value.put("reason", reason);
    value.put("message_template_category", template.category().name());
    switch (template.status()) {
      case PAUSED ->
          otherInfo(
              value, "FIRST_PAUSE", "Your WhatsApp message template has been paused for 3 hours.");
      case DISABLED -> {
        value.putObject("disable_info").put("disable_date", Long.toString(seconds()));
        otherInfo(value, "DISABLED", "Your WhatsApp message template has been disabled.");
      }
      case APPROVED -> {
        if (before == TemplateStatus.PAUSED) {
          otherInfo(value, "UNPAUSE", "Your WhatsApp message template has been unpaused.");
        }
      }
      case REJECTED -> {
        if (reason.equals("INVALID_FORMAT")) {
          value
              .putObject("rejection_info")
              .put(
                  "reason",
                  "Your template has parameters placed next to each other without text between"
                      + " them.")
              .put("recommendation", "Separate parameters with descriptive text.");
        }
      }
      default -> {}
    }
    return value;
  }

  private static void otherInfo(ObjectNode value, String title, String description) {
    value.putObject("other_info").put("title", title).put("description", description);
  }

  private static ObjectNode identity(Template template) {
    return Json.object()
        .put("message_template_id", Long.parseLong(template.id()))
        .put("message_template_name", template.name())
        .put("message_template_language", template.language());
  }

  private void tell(BusinessAccount account, String field, JsonNode value) {
    webhooks.tell(new Extra.AccountChange(account, field, value), ticker.micros());
  }

  private long seconds() {
    return ticker.micros() / 1_000_000;
  }

  @Override
  public void close() {
    reviews.shutdownNow();
  }
}
