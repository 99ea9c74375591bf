/** Secrets of channels, encrypted at rest. */
@NullMarked
package dev.herald.campaign.secret;

import org.jspecify.annotations.NullMarked;
