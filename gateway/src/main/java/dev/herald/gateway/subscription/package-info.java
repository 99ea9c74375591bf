/** Tells systems of users what happens: subscriptions, events, and their deliveries. */
@NullMarked
package dev.herald.gateway.subscription;

import org.jspecify.annotations.NullMarked;
