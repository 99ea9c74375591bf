/** HTTP/1.1 with one attempt per request and an exact account of how far it came. */
@NullMarked
package dev.herald.campaign.whatsapp.http;

import org.jspecify.annotations.NullMarked;
