/** Where tracked links lead. */
@NullMarked
package dev.herald.campaign.link;

import org.jspecify.annotations.NullMarked;
