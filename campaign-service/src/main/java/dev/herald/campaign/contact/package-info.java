/** The people a workspace knows. */
@NullMarked
package dev.herald.campaign.contact;

import org.jspecify.annotations.NullMarked;
