package dev.herald.simulator.account;

import dev.herald.simulator.template.TemplateCatalog;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A WhatsApp Business Account: templates, phone numbers, and the apps that may use and are
 * subscribed to it.
 */
public final class BusinessAccount {
  private final String id;
  private final String name;
  private final TemplateCatalog templates;
  private final Set<String> users;
  private final Set<String> subscribers = ConcurrentHashMap.newKeySet();
  private final Map<String, CallbackOverride> overrides = new ConcurrentHashMap<>();

  BusinessAccount(String id, String name, TemplateCatalog templates, Set<String> users) {
    this.id = id;
    this.name = name;
    this.templates = templates;
    this.users = Set.copyOf(users);
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public TemplateCatalog templates() {
    return templates;
  }

  /**
   * Whether tokens of the app may use the account; an account without named users is open to every
   * app.
   */
  public boolean allows(App app) {
    return users.isEmpty() || users.contains(app.id());
  }

  /** Ids of the apps that receive its webhooks. */
  public Set<String> subscribers() {
    return subscribers;
  }

  /** Alternate callback URLs, by {@code app} or {@code app/phone number id}. */
  public Map<String, CallbackOverride> overrides() {
    return overrides;
  }
}
