/** What people answer to which message. */
@NullMarked
package dev.herald.campaign.reply;

import org.jspecify.annotations.NullMarked;
