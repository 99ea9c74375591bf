package dev.herald.simulator.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.herald.simulator.limit.PersonTimes;
import dev.herald.simulator.limit.TokenBucket;
import dev.herald.simulator.template.Template;
import dev.herald.simulator.template.TemplateCatalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Everything on Meta's side that has an id: apps, business accounts, phone numbers, templates. */
public final class Directory {
  private static final long FIRST_TEMPLATE_ID = 1_000_000_000_000_001L;
  private static final long TEMPLATE_IDS_PER_ACCOUNT = 1_000_000_000L;

  private final List<App> apps = new CopyOnWriteArrayList<>();
  private final Map<String, BusinessAccount> accounts = new LinkedHashMap<>();
  private final List<PhoneNumber> numbers = new CopyOnWriteArrayList<>();
  private volatile Map<String, PhoneNumber> numbersById = Map.of();
  private volatile Map<String, App> appsByToken = Map.of();

  public synchronized App add(App app) {
    if (app(app.id()).isPresent()) {
      throw new IllegalArgumentException("there is already an app " + app.id());
    }
    apps.add(app);
    indexTokens();
    return app;
  }

  /** Replaces the app of the same id. */
  public synchronized void replace(App app) {
    apps.replaceAll(old -> old.id().equals(app.id()) ? app : old);
    indexTokens();
  }

  private void indexTokens() {
    Map<String, App> byToken = new LinkedHashMap<>();
    for (App app : apps) {
      for (String token : app.accessTokens()) {
        if (byToken.put(token, app) != null) {
          throw new IllegalArgumentException("two apps have the same access token");
        }
      }
    }
    appsByToken = Map.copyOf(byToken);
  }

  public List<App> apps() {
    return List.copyOf(apps);
  }

  public App appAt(int index) {
    return apps.get(index);
  }

  public int indexOf(App app) {
    for (int i = 0; i < apps.size(); i++) {
      if (apps.get(i).id().equals(app.id())) {
        return i;
      }
    }
    throw new IllegalArgumentException("no app " + app.id());
  }

  public Optional<App> app(String id) {
    return apps.stream().filter(app -> app.id().equals(id)).findFirst();
  }

  public @Nullable App appOfToken(String token) {
    return appsByToken.get(token);
  }

  /** Adds an account with the given templates. */
  public synchronized BusinessAccount addAccount(
      String id, String name, JsonNode templates, Set<String> users) {
    if (accounts.containsKey(id)) {
      throw new IllegalArgumentException("there is already a business account " + id);
    }
    TemplateCatalog catalog =
        new TemplateCatalog(FIRST_TEMPLATE_ID + accounts.size() * TEMPLATE_IDS_PER_ACCOUNT);
    catalog.define(templates);
    BusinessAccount account = new BusinessAccount(id, name, catalog, users);
    accounts.put(id, account);
    return account;
  }

  public synchronized Optional<BusinessAccount> account(String id) {
    return Optional.ofNullable(accounts.get(id));
  }

  public synchronized Collection<BusinessAccount> accounts() {
    return new ArrayList<>(accounts.values());
  }

  public synchronized PhoneNumber addNumber(
      String id,
      BusinessAccount account,
      String digits,
      String verifiedName,
      int perSecond,
      int burst,
      long nowNanos) {
    if (numbersById.containsKey(id)) {
      throw new IllegalArgumentException("there is already a phone number " + id);
    }
    if (numbers.size() >= PersonTimes.MOST_NUMBERS) {
      throw new IllegalArgumentException(
          "the simulator has room for " + PersonTimes.MOST_NUMBERS + " phone numbers");
    }
    PhoneNumber number =
        new PhoneNumber(
            numbers.size(),
            id,
            account,
            digits,
            verifiedName,
            new TokenBucket(perSecond, burst, nowNanos));
    numbers.add(number);
    Map<String, PhoneNumber> byId = new LinkedHashMap<>(numbersById);
    byId.put(id, number);
    numbersById = Map.copyOf(byId);
    return number;
  }

  public @Nullable PhoneNumber number(String id) {
    return numbersById.get(id);
  }

  public PhoneNumber numberAt(int index) {
    return numbers.get(index);
  }

  public List<PhoneNumber> numbers() {
    return List.copyOf(numbers);
  }

  /** A template of an account that the app may use. */
  public Optional<OwnedTemplate> template(String id, App app) {
    return accounts().stream()
        .filter(account -> account.allows(app))
        .flatMap(
            account ->
                account
                    .templates()
                    .byId(id)
                    .map(found -> new OwnedTemplate(account, found))
                    .stream())
        .findFirst();
  }

  /** A template and where it belongs. */
  public record OwnedTemplate(BusinessAccount account, Template template) {}
}
