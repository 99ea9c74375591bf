/** Reading rows. */
@NullMarked
package dev.herald.campaign.sql;

import org.jspecify.annotations.NullMarked;
