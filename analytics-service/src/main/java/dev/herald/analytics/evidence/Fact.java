package dev.herald.analytics.evidence;

/**
 * One fact about one message, checked.
 *
 * @param index its place in the request, from 0
 * @param micros when it happened, microseconds since 1970, positive
 * @param lot the price line's day, or 0
 */
record Fact(
    int index,
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
