package dev.herald.simulator.journal;

/**
 * What a tap on a quick-reply button sends back: the payload given with the send (or the label),
 * and the label.
 */
public record ButtonTap(String payload, String text) {}
