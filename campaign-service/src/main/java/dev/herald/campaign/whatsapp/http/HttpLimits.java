package dev.herald.campaign.whatsapp.http;

import java.time.Duration;

/**
 * What one request may cost us.
 *
 * @param connect for address look-up, connection and TLS
 * @param total from the call to the last byte of the answer
 * @param maxConnections to one server at a time
 * @param maxAnswerBytes longest body read; more is an unknown outcome
 */
public record HttpLimits(
    Duration connect, Duration total, int maxConnections, int maxAnswerBytes) {}
