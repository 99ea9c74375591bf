package dev.herald.reliability.schedule;

/** What can be done to an installation. */
public enum FaultKind {
  KILL("kill -9 of a service"),
  TERMINATE("a service is stopped in order and started again"),
  FREEZE("a service stands still (SIGSTOP) and goes on"),
  CRASH_POINT("a service ends at a named point"),
  ROLLING_RESTART("every service is restarted, one after the other"),
  UPGRADE("every service is replaced by a version with a new schema"),
  SECOND_DISPATCHER("a second campaign-service joins, and leaves by kill -9"),
  POSTGRES_KILL("kill -9 of PostgreSQL"),
  POSTGRES_IMMEDIATE("immediate shutdown of PostgreSQL"),
  POSTGRES_BACKEND("kill -9 of one PostgreSQL backend"),
  DISK_FULL("PostgreSQL's disk is full for a while"),
  LINK_RESET("connections between two parts are reset"),
  LINK_DELAY("every packet between two parts is late"),
  LINK_SILENT("connections between two parts are half-open"),
  LINK_DOWN("one part cannot reach another"),
  WHATSAPP_SLOW("WhatsApp answers slowly"),
  WHATSAPP_LYING("WhatsApp takes messages and answers with errors, resets or rubbish"),
  WHATSAPP_THROTTLING("WhatsApp throttles"),
  WHATSAPP_UNAVAILABLE("WhatsApp answers 503 or resets before it has taken anything"),
  WEBHOOKS_UNTIDY("webhooks are duplicated and out of order"),
  WEBHOOKS_LATE("webhooks come hours later"),
  WEBHOOKS_REPLAYED("everything is told again"),
  WEBHOOKS_OLD("everything of all campaigns is told again, three days later"),
  CLOCK_JUMP("the clock of a service is wrong for a while"),
  SLOW_WATCHERS("fifty watchers of a campaign read nothing");

  private final String meaning;

  FaultKind(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
