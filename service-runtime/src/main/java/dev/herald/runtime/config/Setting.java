package dev.herald.runtime.config;

import org.jspecify.annotations.Nullable;

/**
 * One setting a service reads.
 *
 * @param name environment variable
 * @param form what a value looks like: {@code text}, {@code 1…65535}, {@code duration}…
 * @param fallback value used when it is not set; null if it must be set
 * @param meaning one sentence for the operator
 * @param secret true if the value must not be shown
 */
public record Setting(
    String name, String form, @Nullable String fallback, String meaning, boolean secret) {}
