package dev.herald.gateway.link;

import dev.herald.runtime.messagekey.LinkCodec.Link;
import java.time.Instant;

/**
 * A tracked link was opened.
 *
 * @param byProgram by a preview, a scanner or a crawler, not by a person
 */
record Opening(Link link, Instant time, boolean byProgram) {}
