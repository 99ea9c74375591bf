package dev.herald.gateway.alert;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and that people should know of.
 *
 * @param source names the fact within the workspace, so that told twice it is one alert
 * @param title one line
 * @param text sentences
 * @param delay how long it waits before it is told
 */
record News(
    long workspaceId,
    String source,
    AlertKind kind,
    Severity severity,
    String title,
    String text,
    @Nullable Long campaignId,
    Instant time,
    Duration delay) {}
