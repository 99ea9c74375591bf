package dev.herald.analytics.evidence;

/**
 * One fact about one message, checked.
 *
 * @param micros when it happened, microseconds since 1970, positive
 * @param lot the price line's day, or 0
 */
record Fact(
    long workspaceId,
    long campaignId,
    int ordinal,
    EvidenceKind kind,
    long micros,
    String country,
    int lot,
    int failureCode,
    String failureTitle,
    String failureDetails,
    int skipReason) {}
