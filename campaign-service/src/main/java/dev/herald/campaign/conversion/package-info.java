/** What people did after a message, as a shop or another system tells it. */
@NullMarked
package dev.herald.campaign.conversion;

import org.jspecify.annotations.NullMarked;
