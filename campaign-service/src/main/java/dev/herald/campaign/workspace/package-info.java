/** The tenants. */
@NullMarked
package dev.herald.campaign.workspace;

import org.jspecify.annotations.NullMarked;
