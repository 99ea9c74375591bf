package dev.herald.campaign.campaign;

import dev.herald.campaign.workspace.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which campaigns, in which order, and where the page begins.
 *
 * @param last the sort value and id of the last campaign of the page before; null for the first
 */
public record CampaignQuery(
    WorkspaceId workspace,
    List<CampaignStatus> statuses,
    @Nullable CampaignType type,
    String text,
    @Nullable Instant createdAfter,
    @Nullable Instant createdBefore,
    Order orderBy,
    @Nullable Position last,
    int limit) {

  /** The order of a list. */
  public enum Order {
    NEWEST_FIRST("c.created_at", "desc"),
    OLDEST_FIRST("c.created_at", "asc"),
    NAME("lower(c.name)", "asc"),
    LARGEST_FIRST("a.recipients", "desc");

    private final String expression;
    private final String direction;

    Order(String expression, String direction) {
      this.expression = expression;
      this.direction = direction;
    }
  }

  /**
   * A place in a list.
   *
   * @param value a time, a name in lower case, or a number
   */
  public record Position(Object value, long id) {}

  String order() {
    return " order by "
        + orderBy.expression
        + " "
        + orderBy.direction
        + ", c.campaign_id "
        + orderBy.direction;
  }

  String position() {
    return last == null
        ? ""
        : " and ("
            + orderBy.expression
            + ", c.campaign_id) "
            + (orderBy.direction.equals("asc") ? ">" : "<")
            + " (:lastValue, :lastId)";
  }

  Map<String, Object> positionValues() {
    return last == null ? Map.of() : Map.of("lastValue", last.value(), "lastId", last.id());
  }
}
