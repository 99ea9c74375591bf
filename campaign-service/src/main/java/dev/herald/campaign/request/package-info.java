/** Requests that must not be carried out twice. */
@NullMarked
package dev.herald.campaign.request;

import org.jspecify.annotations.NullMarked;
