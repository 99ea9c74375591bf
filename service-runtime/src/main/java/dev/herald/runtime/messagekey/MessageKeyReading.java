package dev.herald.runtime.messagekey;

/** What a callback string turned out to be. */
public sealed interface MessageKeyReading {

  /** Made by us for this workspace and phone number. */
  record Genuine(MessageKey key) implements MessageKeyReading {}

  /** Not of our form: a status of somebody else's message on the same account. */
  record Foreign() implements MessageKeyReading {}

  /** Of our form, but not made by us for this workspace and phone number. */
  record Forged() implements MessageKeyReading {}
}
