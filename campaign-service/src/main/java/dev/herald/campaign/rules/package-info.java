/** What protects people from too many messages, and a number from people's annoyance. */
@NullMarked
package dev.herald.campaign.rules;

import org.jspecify.annotations.NullMarked;
