/** WhatsApp's Cloud API: one attempt per call, and certainty about what that attempt did. */
@NullMarked
package dev.herald.campaign.whatsapp;

import org.jspecify.annotations.NullMarked;
