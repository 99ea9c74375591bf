/** A real Kafka broker in a process of its own. */
@NullMarked
package dev.herald.kafka;

import org.jspecify.annotations.NullMarked;
