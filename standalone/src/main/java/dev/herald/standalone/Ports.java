package dev.herald.standalone;

/** The loopback ports a standalone Herald has taken. */
public record Ports(int http, int campaign, int analytics, int billing, int simulator) {}
