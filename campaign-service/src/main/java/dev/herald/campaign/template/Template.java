package dev.herald.campaign.template;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One template in one language, as Herald last saw it.
 *
 * @param named its parameters have names instead of numbers
 * @param statusReason why rejected or paused, in Meta's words
 */
public record Template(
    TemplateId id,
    WorkspaceId workspace,
    ChannelId channel,
    String whatsappId,
    String name,
    String language,
    TemplateCategory category,
    TemplateStatus status,
    String statusReason,
    boolean named,
    List<Component> components,
    Instant syncedAt) {
  public static final String MEDIA = "header.media";

  /** All gaps, in order of appearance. */
  public List<Placeholder> placeholders() {
    List<Placeholder> all = new ArrayList<>();
    int button = 0;
    for (Component component : components) {
      switch (component.kind()) {
        case HEADER -> {
          if (component.isMediaHeader()) {
            all.add(new Placeholder(MEDIA, "media", example(component, 0)));
          } else {
            addTexts(all, "header.", component);
          }
        }
        case BODY -> addTexts(all, "body.", component);
        case BUTTON -> {
          if (component.isFilledButton()) {
            all.add(new Placeholder("button." + button + ".1", "1", example(component, 0)));
          }
          button++;
        }
        case FOOTER, UNKNOWN -> {}
      }
    }
    return all;
  }

  private static void addTexts(List<Placeholder> all, String prefix, Component component) {
    List<String> names = Placeholder.in(component.text());
    for (int i = 0; i < names.size(); i++) {
      all.add(new Placeholder(prefix + names.get(i), names.get(i), example(component, i)));
    }
  }

  private static String example(Component component, int index) {
    return index < component.examples().size() ? component.examples().get(index) : "";
  }

  /** Why it cannot be sent, in words; empty if it can. */
  public Optional<String> obstacle() {
    if (status != TemplateStatus.APPROVED) {
      return Optional.of(
          "The template "
              + name
              + " is "
              + status
              + (statusReason.isEmpty() ? "" : " (" + statusReason + ")")
              + "; only an APPROVED template can be sent.");
    }
    if (category == TemplateCategory.OTHER) {
      return Optional.of("The template " + name + " is of a category Herald has no price for.");
    }
    return components.stream()
        .filter(component -> component.kind() == Component.Kind.UNKNOWN)
        .findFirst()
        .map(
            component ->
                "The template "
                    + name
                    + " has a part Herald cannot fill yet: "
                    + component.format()
                    + ".");
  }
}
