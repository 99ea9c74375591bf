package dev.herald.campaign.money;

/**
 * The unit of account: all messages of a campaign to one country whose money was reserved on one
 * day have one price.
 *
 * @param lot the UTC day of the reservation, yyyymmdd
 */
public record Line(String country, int lot) {}
