/** Asks the services what happened, and hands it to those who tell others. */
@NullMarked
package dev.herald.gateway.feed;

import org.jspecify.annotations.NullMarked;
