/** What WhatsApp tells us: logged first, understood later. */
@NullMarked
package dev.herald.gateway.webhook;

import org.jspecify.annotations.NullMarked;
