package dev.herald.campaign.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.campaign.channel.ChannelId;
import dev.herald.campaign.message.Content.TemplateContent;
import dev.herald.campaign.template.Component;
import dev.herald.campaign.template.Component.Kind;
import dev.herald.campaign.template.Template;
import dev.herald.campaign.template.TemplateCategory;
import dev.herald.campaign.template.TemplateId;
import dev.herald.campaign.template.TemplateStatus;
import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where each gap of a template gets its value, and which values WhatsApp would refuse. */
class ParameterPlanTest {
  private static final Template WITH_IMAGE =
      template(
          List.of(
              new Component(Kind.HEADER, "IMAGE", "", "", List.of()),
              new Component(Kind.BODY, "", "Hello {{1}}, see {{2}}.", "", List.of())));

  @Test
  void gapsWithoutBindingTakeTheColumnsInOrderButAMediaHeaderNeverDoes() {
    ParameterPlan plan = plan(List.of(), "phone", "first", "store");
    assertThat(plan.value("body.1", values("A", "B"))).isEqualTo("A");
    assertThat(plan.value("body.2", values("A", "B"))).isEqualTo("B");
    assertThat(plan.unfilled()).containsExactly("header.media");
  }

  @Test
  void aMediaHeaderTakesTheColumnOfItsName() {
    ParameterPlan plan = plan(List.of(), "phone", "first", "media", "store");
    assertThat(plan.unfilled()).isEmpty();
    Values values = values("A", "https://example.com/a.png", "B");
    assertThat(plan.value("header.media", values)).isEqualTo("https://example.com/a.png");
    assertThat(plan.value("body.2", values)).isEqualTo("B");
    assertThat(plan.flaw(values)).isEmpty();
  }

  @Test
  void mediaMustBeALinkOrAnId() {
    ParameterPlan plan = plan(List.of(), "phone", "first", "media", "store");
    assertThat(plan.flaw(values("A", "1234567890", "B"))).isEmpty();
    for (String bad :
        List.of("a.png", "ftp://example.com/a.png", "https:///a.png", "javascript:1")) {
      assertThat(plan.flaw(values("A", bad, "B")))
          .as(bad)
          .hasValueSatisfying(
              flaw -> {
                assertThat(flaw.column()).isEqualTo("media");
                assertThat(flaw.reason()).isEqualTo("MEDIA_INVALID");
              });
    }
  }

  @Test
  void aValueThatIsTheSameForAllIsJudgedWithoutAnyRecipient() {
    assertThat(plan(List.of(media("no link")), "phone", "first", "store").constantFlaw())
        .hasValueSatisfying(flaw -> assertThat(flaw.reason()).isEqualTo("MEDIA_INVALID"));
    assertThat(
            plan(List.of(media("https://example.com/a.png")), "phone", "first", "store")
                .constantFlaw())
        .isEmpty();
  }

  private static Binding media(String text) {
    return new Binding("header.media", "", text, "");
  }

  private static Values values(String... parameters) {
    return new Values("+12125550100", "", List.of(parameters));
  }

  private static ParameterPlan plan(List<Binding> bindings, String... columns) {
    return ParameterPlan.of(
        new TemplateContent(new TemplateId(1), bindings), WITH_IMAGE, Columns.of(List.of(columns)));
  }

  private static Template template(List<Component> components) {
    return new Template(
        new TemplateId(1),
        new WorkspaceId(1),
        new ChannelId(1),
        "1",
        "with_image",
        "en",
        TemplateCategory.MARKETING,
        TemplateStatus.APPROVED,
        "",
        false,
        components,
        Instant.EPOCH);
  }
}
