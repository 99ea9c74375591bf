package dev.herald.simulator.account;

/** An alternate callback URL of an account or a phone number, already verified when it was set. */
public record CallbackOverride(String url, String verifyToken) {}
