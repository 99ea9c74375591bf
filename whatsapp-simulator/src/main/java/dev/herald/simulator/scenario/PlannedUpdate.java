package dev.herald.simulator.scenario;

/**
 * One delivery of an update. An update that is duplicated is planned several times.
 *
 * @param happensAfter microseconds from acceptance to the time the webhook's timestamp tells
 * @param arrivesAfter microseconds from acceptance to the moment it is handed to the webhook sender
 */
public record PlannedUpdate(Update update, long happensAfter, long arrivesAfter) {}
