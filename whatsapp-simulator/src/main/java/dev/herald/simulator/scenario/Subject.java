package dev.herald.simulator.scenario;

/**
 * What an outcome is decided for.
 *
 * @param person the recipient's digits
 * @param callback the callback data as sent; empty when there was none
 * @param mediaLink whether WhatsApp has to fetch a file for it
 * @param quickReply whether the template has a quick-reply button
 * @param optedOut whether the person has stopped marketing messages of this number
 * @param windowOpen whether the person wrote within the customer service window
 */
public record Subject(
    long person,
    String callback,
    MessageKind kind,
    boolean mediaLink,
    boolean quickReply,
    boolean optedOut,
    boolean windowOpen) {}
