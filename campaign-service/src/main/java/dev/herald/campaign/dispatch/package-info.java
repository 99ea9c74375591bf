/** Sending: claim a small range, then send, then record. */
@NullMarked
package dev.herald.campaign.dispatch;

import org.jspecify.annotations.NullMarked;
