/** Phone numbers: what people write, and what WhatsApp takes. */
@NullMarked
package dev.herald.campaign.phone;

import org.jspecify.annotations.NullMarked;
