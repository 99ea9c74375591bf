package dev.herald.simulator.webhook;

import dev.herald.simulator.account.App;
import dev.herald.simulator.account.BusinessAccount;
import dev.herald.simulator.account.CallbackOverride;
import dev.herald.simulator.account.Directory;
import dev.herald.simulator.account.PhoneNumber;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which callback URLs hear of a number or an account. */
final class Routes {
  private final Directory directory;
  private final Target.Surroundings surroundings;
  private final Map<Key, Target> targets = new ConcurrentHashMap<>();
  private final List<Target> retired = new CopyOnWriteArrayList<>();

  private record Key(String appId, String url) {}

  Routes(Directory directory, Target.Surroundings surroundings) {
    this.directory = directory;
    this.surroundings = surroundings;
  }

  /** The targets in use. */
  Collection<Target> targets() {
    return targets.values();
  }

  /** Updates waiting or under way, those of targets no longer used among them. */
  long size() {
    return retired.stream().mapToLong(Target::size).sum()
        + targets.values().stream().mapToLong(Target::size).sum();
  }

  /** Begins with callback URLs that are new; what waits for one no longer used moves over. */
  synchronized void callbacksChanged() {
    for (App app : directory.apps()) {
      ofApp(app.id()).ifPresent(own -> moveTo(own, app.id()));
    }
  }

  private void moveTo(Target own, String appId) {
    List<Target> old =
        targets.values().stream()
            .filter(target -> target.appId().equals(appId) && target != own && !isOverride(target))
            .toList();
    for (Target target : old) {
      List<UpdateRef> left = target.retire();
      own.offer(left, surroundings.now());
      target.forget(left.size());
      targets.remove(new Key(target.appId(), target.url()));
      retired.add(target);
    }
  }

  private boolean isOverride(Target target) {
    return directory.accounts().stream()
        .flatMap(account -> account.overrides().values().stream())
        .anyMatch(override -> override.url().equals(target.url()));
  }

  List<Target> of(PhoneNumber number) {
    List<Target> found = new ArrayList<>();
    BusinessAccount account = number.account();
    for (String appId : account.subscribers()) {
      CallbackOverride override = account.overrides().get(appId + "/" + number.id());
      if (override == null) {
        override = account.overrides().get(appId);
      }
      if (override != null) {
        found.add(target(appId, override.url(), true));
      } else {
        ofApp(appId).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Account changes go to the apps' own callback URLs: alternate URLs are for messages only. */
  List<Target> of(BusinessAccount account) {
    return account.subscribers().stream().flatMap(appId -> ofApp(appId).stream()).toList();
  }

  Optional<Target> ofApp(String appId) {
    return directory.app(appId).map(App::callbackUrl).map(url -> target(appId, url, false));
  }

  private Target target(String appId, String url, boolean verified) {
    return targets.computeIfAbsent(
        new Key(appId, url), key -> new Target(appId, url, verified, surroundings).start());
  }
}
