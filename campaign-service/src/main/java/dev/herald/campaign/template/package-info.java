/** Message templates, as WhatsApp has approved them. */
@NullMarked
package dev.herald.campaign.template;

import org.jspecify.annotations.NullMarked;
